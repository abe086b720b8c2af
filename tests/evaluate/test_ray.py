"""On Ray: the same bits as in one process, also if a worker is killed; errors of workers are sentences."""

import dataclasses
import os
import signal

import numpy as np
import pytest

ray = pytest.importorskip("ray", reason="these tests did not run, Ray is not installed: pip install 'byhand[ray]'")

import pyarrow as pa  # noqa: E402
from pyarrow import parquet  # noqa: E402

from byhand.evaluate.engines import ray as engine  # noqa: E402
from byhand.evaluate.engines.local import Local  # noqa: E402
from byhand.evaluate.evaluation import Demands, evaluate  # noqa: E402
from byhand.evaluate.reading.files import find_files  # noqa: E402
from byhand.evaluate.reading.log import open_log  # noqa: E402
from byhand.evaluate.reading.question import Question  # noqa: E402
from byhand.evaluate.reading.refused import Refused  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(300)]  # warnings are Ray's own
ASKED = {"scores": ("s", "t"), "group": "user", "by": ("country",)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files of very different lengths, and a cluster on this machine."""
    folder, rng = tmp_path_factory.mktemp("log"), np.random.default_rng(0)
    for i, n in enumerate((3000, 1, 2000, 50, 700)):
        y = rng.random(n) < 0.3
        columns = {"y": y, "s": rng.random(n) * 0.7 + y * 0.3, "t": np.round(rng.random(n), 2)}
        columns |= {"user": rng.integers(0, 100, n), "country": np.array(["CN", "DE"])[rng.integers(0, 2, n)]}
        parquet.write_table(pa.table(columns), folder / f"{i}.parquet")
    ray.init(
        num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": _path()}}
    )
    yield folder
    ray.shutdown()


def _path():
    import byhand

    return os.path.dirname(os.path.dirname(byhand.__file__))


def found(folder, kind, label="y", **asked):
    with open_log(find_files([str(folder)]), Question(label, **(ASKED | asked))) as log:
        return evaluate(kind(log, lambda *_: None), Demands(tolerance=0.0))[0]


def test_the_bits_are_those_of_one_process(folder):
    assert found(folder, engine.Ray) == found(folder, Local)


def test_many_classes_have_the_same_bits(folder):
    """A file of one row has one of the classes only."""
    question = Question("country", ("s", "t"), group="user", by=("y",), multi_class="ovo")
    both = []
    for kind in (engine.Ray, Local):
        with open_log(find_files([str(folder)]), question) as log:
            both.append(evaluate(kind(log, lambda *_: None), Demands(tolerance=0.0))[0])
    assert both[0].classes.names == ("CN", "DE")
    assert both[0] == both[1]


def test_a_positive_label_that_no_row_has_is_refused(folder):
    with pytest.raises(Refused, match="some row has, got US: country is CN, DE in"):
        found(folder, engine.Ray, label="country", positive="US")


def test_a_killed_worker_changes_no_bit(folder, tmp_path, monkeypatch):
    """The first two tasks of each kind kill their worker."""
    fold, groups = engine._fold, engine._groups

    def mortal(work, name):
        def run(*arguments):
            for attempt in (1, 2):
                marker = tmp_path / f"{name}-{attempt}"
                if not marker.exists():
                    marker.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
            return work(*arguments)

        return run

    monkeypatch.setattr(engine, "_fold", mortal(fold, "fold"))
    monkeypatch.setattr(engine, "_groups", mortal(groups, "groups"))
    one = found(folder, engine.Ray)
    assert sorted(os.listdir(tmp_path)) == ["fold-1", "fold-2", "groups-1", "groups-2"]
    assert one == found(folder, Local)


def test_a_bad_row_in_a_worker_is_named(folder, tmp_path):
    bad = pa.table({"y": [0, 2], "s": [0.5, 0.5]})
    parquet.write_table(bad, tmp_path / "bad.parquet")
    files = find_files([str(tmp_path / "bad.parquet")])
    with (
        open_log(files, Question("y", ("s",))) as log,
        pytest.raises(Refused, match=r"row 2 of .*bad\.parquet has a label"),
    ):
        evaluate(engine.Ray(log, lambda *_: None), Demands())


def test_a_file_without_rows_is_no_error(folder, tmp_path):
    for name in os.listdir(folder):
        os.link(folder / name, tmp_path / name)
    parquet.write_table(parquet.read_table(folder / "1.parquet")[:0], tmp_path / "9.parquet")
    one = found(tmp_path, engine.Ray)
    assert dataclasses.replace(one, files=()) == dataclasses.replace(found(folder, Local), files=())


def test_a_worker_that_fails_is_a_sentence(folder, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("x")

    monkeypatch.setattr(engine, "_fold", broken)
    with pytest.raises(Refused, match=r"the work could not be done on Ray: x\."):
        found(folder, engine.Ray)


def test_more_files_than_tasks(folder, monkeypatch):
    monkeypatch.setattr(engine, "MOST_TASKS", 2)
    files = find_files([str(folder)])
    assert [len(part.paths) for part in engine._parts(files)] == [3, 2]
    assert dataclasses.asdict(found(folder, engine.Ray)) == dataclasses.asdict(found(folder, Local))
