"""The states of an evaluation over a Spark DataFrame: workers make them, the driver merges them.

    from byhand.evaluate import spark
    ranking = spark.ranking(frame, "click", "pctr")
    ranking.auc().value

A worker gets the rows of a partition as Arrow batches (``mapInArrow``) and returns one state. The bits of the result
are those of one process, for any number of partitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be
from byhand.evaluate import GroupAuc, Ranking
from byhand.evaluate.batches import positives
from byhand.evaluate.engines.groups import OrderedGroups
from byhand.evaluate.keys import kind_of, stored
from byhand.evaluate.ranking import MEMORY
from byhand.evaluate.rows import check_scores

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyspark.sql import DataFrame

SCHEMA = "state binary"


def ranking(
    frame: DataFrame,
    label: str,
    score: str,
    weight: str | None = None,
    *,
    memory: int = MEMORY,
    tolerance: float = 0.0,
) -> Ranking:
    """The state from which AUC and all that depends on order are taken.

    Args:
        frame: evaluated once per pass; cache it if it is expensive to compute.
        label: SQL expression of a boolean, or of 0 and 1.
        score: SQL expression of a number, without nan; integers and decimals must be exact in float64.
        weight: SQL expression of a finite number of at least 0; by default 1.
        memory: bytes that a state may keep.
        tolerance: how far the certain bounds of AUC may be apart; 0 gives the exact AUC.

    Raises:
        Exception: Spark's own, whose text names the row's value if one cannot be used.
    """
    columns = [f"CAST({label} AS DOUBLE) AS label", f"{_exact(frame, score)} AS score"]
    columns += [] if weight is None else [f"CAST({weight} AS DOUBLE) AS weight"]
    rows, found = frame.selectExpr(*columns), Ranking(memory=memory)
    while True:
        empty = found.copy_empty().to_bytes()
        for state in rows.mapInArrow(_maker(_rank, empty), SCHEMA).collect():
            found.merge(Ranking.from_bytes(bytes(state[0])))
        if found.width() <= tolerance:
            return found
        found.next_pass()


def groups(frame: DataFrame, group: str, label: str, score: str) -> GroupAuc:
    """The state from which GAUC is taken.

    Spark sorts the rows by group and score, on disk where it must; a worker keeps a few numbers, however large a group.

    Args:
        frame: the rows.
        group: SQL expression of any type that can be compared.
        label: SQL expression of a boolean, or of 0 and 1.
        score: SQL expression of a number, without nan; integers and decimals must be exact in float64.

    Raises:
        Exception: as for :func:`ranking`.
    """
    columns = (f"{group} AS user", f"CAST({label} AS DOUBLE) AS label", f"{_exact(frame, score)} AS score")
    rows = frame.selectExpr(*columns).repartition("user").sortWithinPartitions("user", "score")
    found = GroupAuc()
    for state in rows.mapInArrow(_maker(_group, b""), SCHEMA).collect():
        found.merge(GroupAuc.from_bytes(bytes(state[0])))
    return found


def _exact(frame: DataFrame, score: str) -> str:
    """SQL of a score as a double; Spark's own cast would round, and so make ties and hide the order."""
    type = frame.selectExpr(f"{score} AS score").schema["score"].dataType.simpleString()
    number = f"CAST({score} AS DOUBLE)"
    if type != "bigint" and not type.startswith("decimal"):
        return number
    fits = f"({score}) IS NULL OR coalesce(try_cast({number} AS {type}) = ({score}), false)"
    error = f"concat('`score` must be exact in float64, got ', {score}, '.')"
    return f"CASE WHEN {fits} THEN {number} ELSE raise_error({error}) END"


def _maker(
    make: Callable[[Iterator[RecordBatch], bytes], bytes], empty: bytes
) -> Callable[[Iterator[RecordBatch]], Iterator[RecordBatch]]:
    """The function that Spark runs on each partition."""

    def run(batches: Iterator[RecordBatch]) -> Iterator[RecordBatch]:
        import pyarrow as pa

        yield pa.RecordBatch.from_pydict({"state": pa.array([make(batches, empty)], pa.binary())})

    return run


def _rank(batches: Iterator[RecordBatch], empty: bytes) -> bytes:
    state = Ranking.from_bytes(empty)
    for batch in batches:
        state.update(*(_column(batch, name) for name in batch.schema.names))
    return state.to_bytes()


def _group(batches: Iterator[RecordBatch], empty: bytes) -> bytes:
    """Rows come by group and score."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ordered, number, before = OrderedGroups(), 0, None
    for batch in batches:
        if not batch.num_rows:
            continue
        users = batch.column("user")
        if users.null_count:
            raise must_be("group", "groups", "without nulls", "null", ValueError)
        earlier = pa.concat_arrays([users[:1] if before is None else before, users[:-1]])
        numbers = number + np.cumsum(pc.not_equal(users, earlier).to_numpy(zero_copy_only=False))
        number, before = int(numbers[-1]), users[-1:]
        labels, scores = positives(_column(batch, "label")), _column(batch, "score")
        check_scores(stored(scores, kind := kind_of(scores)), kind, scores)
        ordered.update(numbers, labels, scores)
    return ordered.finish().to_bytes()


def _column(batch: RecordBatch, name: str) -> NDArray[Any]:
    array = batch.column(name)
    if array.null_count:
        raise must_be(name, "ranking", "without nulls", "null", ValueError)
    found: NDArray[Any] = array.to_numpy(zero_copy_only=True)
    return found
