"""On Spark: the same bits as in one process, for any number of partitions."""

import os
import shutil
import sys

import numpy as np
import pytest

pyspark = pytest.importorskip(
    "pyspark", reason="these tests did not run, PySpark is not installed: pip install 'byhand[spark]'"
)
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("these tests did not run, Spark needs Java 17: apt install openjdk-17-jre", allow_module_level=True)

import pyarrow as pa  # noqa: E402
from pyarrow import parquet  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

from byhand.evaluate import GroupAuc, Ranking, spark  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(300)]  # warnings are Spark's own


@pytest.fixture(scope="module")
def session():
    import byhand

    os.environ |= {"PYTHONPATH": os.path.dirname(os.path.dirname(byhand.__file__)), "PYSPARK_PYTHON": sys.executable}
    made = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def log(session, tmp_path_factory):
    """A frame, and its columns as arrays."""
    rng = np.random.default_rng(0)
    n = 3000
    y = rng.random(n) < 0.3
    columns = {"y": y, "s": np.round(rng.random(n) + y * 0.3, 3)}
    columns |= {"user": rng.integers(0, 60, n), "w": rng.integers(0, 3, n)}
    file = tmp_path_factory.mktemp("log") / "log.parquet"
    parquet.write_table(pa.table(columns), file)
    return session.read.parquet(str(file)), columns


@pytest.mark.parametrize("partitions", [1, 5])
def test_the_state_is_that_of_one_process(log, partitions):
    frame, columns = log
    whole = Ranking()
    whole.update(columns["y"], columns["s"])
    assert spark.ranking(frame.repartition(partitions), "y", "s").to_bytes() == whole.to_bytes()


def test_weights(log):
    frame, columns = log
    whole = Ranking()
    whole.update(columns["y"], columns["s"], columns["w"].astype(float))
    assert spark.ranking(frame, "y", "s", "w").auc() == whole.auc()


@pytest.mark.parametrize("group", ["user", "concat('user ', user)"])
def test_gauc(log, group):
    frame, columns = log
    whole = GroupAuc()
    whole.update(columns["user"], columns["y"], columns["s"])
    assert spark.groups(frame.repartition(3), group, "y", "s").to_bytes() == whole.to_bytes()


def test_nulls_are_refused(log):
    frame, _ = log
    with pytest.raises(Exception, match="`score` of `ranking` must be without nulls, got null"):
        spark.ranking(frame, "y", "CASE WHEN user > 5 THEN s END")


BAD = {
    "`labels` of `update` must be 0 or 1, got 0.5": ("CASE WHEN user = 3 THEN 0.5D ELSE 0 END", "s"),
    "`scores` of `update` must be a number, got nan": ("y", "CASE WHEN user = 3 THEN double('nan') ELSE s END"),
    "`score` must be exact in float64, got 9007199254740993": ("y", "bigint(9007199254740993) + user - user"),
    "`score` must be exact in float64, got 0.12345678901234567891": (
        "y",
        "CASE WHEN user = 3 THEN 0.12345678901234567891 ELSE 0.5 END",
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_what_files_may_not_have_is_refused_here_too(log, message):
    frame, _ = log
    for call in (lambda *columns: spark.ranking(frame, *columns), lambda *columns: spark.groups(frame, "w", *columns)):
        with pytest.raises(Exception, match=message):
            call(*BAD[message])


def test_integers_and_decimals_that_are_exact(log):
    frame, columns = log
    whole = Ranking()
    whole.update(columns["y"], columns["user"].astype(float))
    for score in ("user", "CAST(user AS DECIMAL(20, 2))"):
        assert spark.ranking(frame, "y", score).to_bytes() == whole.to_bytes()
