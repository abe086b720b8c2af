"""Files of all formats become the same arrays; what cannot be used is named, with file and row."""

import datetime
import os
from contextlib import contextmanager
from decimal import Decimal

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow", reason="PyArrow is not installed: pip install 'byhand[eval]'")
duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed: pip install 'byhand[eval]'")

from pyarrow import csv, feather, parquet  # noqa: E402

from byhand.evaluate.reading.files import find_files  # noqa: E402
from byhand.evaluate.reading.log import open_log  # noqa: E402
from byhand.evaluate.reading.question import Question  # noqa: E402
from byhand.evaluate.reading.refused import REFUSALS, Refused  # noqa: E402

TABLE = pa.table({"y": [0, 1, 1, 0, 1], "s": [0.25, 0.5, 1.5, -np.inf, 0.0], "user": ["a", "b", "a", "b", "c"]})


def write(path, table=TABLE):
    """A table in the format of the path's ending."""
    match path.suffix:
        case ".parquet":
            parquet.write_table(table, path)
        case ".csv":
            csv.write_csv(table, path)
        case ".jsonl":
            lines = (str(row).replace("'", '"').replace("-inf", "-1e999") for row in table.to_pylist())
            path.write_text("\n".join(lines) + "\n")
        case ".arrow":
            feather.write_feather(table, path, compression="uncompressed")
    return str(path)


@contextmanager
def opened(*files, label="y", scores=("s",), **more):
    with open_log(find_files([str(file) for file in files]), Question(label, scores, **more)) as log:
        yield log


def rows(*files, slices=False, grouped=False, **more):
    """All rows as one sorted list of tuples, and the log's slices."""
    with opened(*files, **more) as log:
        values = log.slices() if slices else ()
        if grouped:
            log.number_groups()
        found = []
        for batch in log.batches(values, grouped=grouped):
            assert batch.labels.dtype == np.uint8
            columns = (batch.labels, *batch.scores, *batch.codes)
            columns += tuple(x for x in (batch.weights, batch.groups) if x is not None)
            found += list(zip(*(column.tolist() for column in columns), strict=True))
        return sorted(found)


def refusal(*files, **more):
    with pytest.raises(Refused) as caught:
        rows(*files, **more)
    assert caught.value.said("zh") != caught.value.said("en")
    return str(caught.value)


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl", "arrow"])
def test_all_formats_give_the_same_rows(tmp_path, ending):
    table = TABLE if ending != "jsonl" else TABLE.slice(0, 3)
    file = write(tmp_path / f"the log's [1] 日志.{ending}", table)
    wanted = sorted(zip(table["y"].to_pylist(), table["s"].to_pylist(), strict=True))
    assert rows(file) == wanted
    assert rows(tmp_path) == wanted  # the folder
    assert rows(f"{tmp_path}/*.{ending}") == wanted


def test_folders_may_be_partitioned(tmp_path):
    for day in ("2026-01-01", "2026-01-02"):
        (tmp_path / f"day={day}").mkdir()
        write(tmp_path / f"day={day}" / "part-0.parquet")
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / "day=2026-01-01" / ".part-0.parquet.crc").write_text("x")
    assert len(rows(tmp_path)) == 10
    assert len(rows(tmp_path, where="day = '2026-01-02'")) == 5
    with opened(tmp_path, by=("day",)) as log:
        assert log.slices() == (("2026-01-01", "2026-01-02"),)
        assert log.count() == 10


@pytest.mark.parametrize(
    ("labels", "more"),
    [
        ([False, True, True, False, True], {}),
        (pa.array([0, 1, 1, 0, 1], pa.uint8()), {}),
        ([0.0, 1.0, 1.0, 0.0, 1.0], {}),
        ([Decimal("0.0"), Decimal("1.0"), Decimal("1.0"), Decimal("0.0"), Decimal("1.0")], {}),
        (pa.array(["no", "yes", "yes", "no", "yes"]).dictionary_encode(), {"positive": "yes"}),
        (["a", "it's", "it's", "", "it's"], {"positive": "it's"}),
        ([-1, 1, 1, -1, 1], {"positive": "1"}),
        ([2, 7, 7, 3, 7], {"label": "y > 5"}),
        ([datetime.date(2026, 1, day) for day in (1, 2, 2, 1, 2)], {"positive": "2026-01-02"}),
    ],
)
def test_labels_of_many_types(tmp_path, labels, more):
    file = write(tmp_path / "x.parquet", TABLE.set_column(0, "y", pa.array(labels)))
    assert [row[0] for row in rows(file, **more)] == [0, 0, 1, 1, 1]


def test_scores_keep_their_order_or_are_refused(tmp_path):
    exact = {
        "f": pa.array([0.5, 0.25], pa.float32()),
        "h": pa.array(np.array([0.5, 0.25], np.float16)),
        "i": [2**53, 3],
        "u": pa.array([2**64 - 2**11, 3], pa.uint64()),
        "d": [Decimal("0.125"), Decimal("0.25")],
        "b": [True, False],
    }
    file = write(tmp_path / "x.parquet", pa.table({"y": [0, 1], **exact}))
    for name, values in exact.items():
        wanted = [float(value) for value in (pa.array(values).to_pylist())]
        assert sorted(row[1] for row in rows(file, scores=(name,))) == sorted(wanted)
    wide = write(tmp_path / "wide.parquet", pa.table({"y": [0, 1], "s": [1, 2**53 + 1]}))
    assert "row 2 of" in refusal(wide)
    assert "a score that float64 does not hold exactly (9007199254740993)" in refusal(wide)


def test_arrow_streams_compressed_files_and_partitions(tmp_path):
    (tmp_path / "day=1").mkdir()
    with pa.ipc.new_stream(tmp_path / "day=1" / "stream.arrow", TABLE.schema) as out:
        out.write_table(TABLE, max_chunksize=2)
    feather.write_feather(TABLE, tmp_path / "day=1" / "packed.feather", compression="zstd")
    assert len(rows(tmp_path)) == 10
    assert len(rows(tmp_path, where="day = '1' AND s > 0")) == 6
    assert rows(tmp_path, label="true", scores=("1",)) == [(1, 1.0)] * 10  # no column at all
    write(tmp_path / "day=1" / "zz.arrow", TABLE.select(["y"]))
    assert "zz.arrow" in refusal(tmp_path)
    assert "has no column s" in refusal(tmp_path)


def test_names_that_need_quotes(tmp_path):
    names = ['a"b', "中文 列", "select", "it's"]
    table = pa.table(dict(zip(names, ([0, 1], [0.5, 0.25], ["g", "h"], [1.0, 2.0]), strict=True)))
    file = write(tmp_path / "x.parquet", table)
    more = {"scores": (names[1],), "group": names[2], "weight": names[3], "by": (names[2],)}
    assert rows(file, label=names[0], slices=True, grouped=True, **more) == [(0, 0.5, 0, 1.0, 1), (1, 0.25, 1, 2.0, 2)]


def test_groups_are_numbered_exactly(tmp_path):
    file = write(tmp_path / "x.parquet")
    numbers = {}
    for _, score, number in rows(file, group="user", grouped=True):
        numbers.setdefault(number, set()).add(score)
    assert sorted(map(sorted, numbers.values())) == [[-np.inf, 0.5], [0.0], [0.25, 1.5]]


BAD = {
    "label": (pa.array([0, 1, 2]), pa.array([0.1, 0.2, 0.3]), "row 3 of {} has a label that is neither 0 nor 1 (2)"),
    "no label": (pa.array([0, None, 1]), pa.array([0.1, 0.2, 0.3]), "row 2 of {} has no label (NULL)"),
    "nan": (pa.array([0, 1, 1]), pa.array([0.1, 0.2, np.nan]), "row 3 of {} has a score that is no number (nan)"),
    "no score": (pa.array([0, 1, 1]), pa.array([None, 0.2, 0.1]), "row 1 of {} has no score (NULL)"),
}


@pytest.mark.parametrize("ending", ["parquet", "csv", "arrow"])
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_named_or_skipped_and_counted(tmp_path, kind, ending):
    good = write(tmp_path / f"a.{ending}", TABLE.select(["y", "s"]))
    labels, scores, message = BAD[kind]
    bad = write(tmp_path / f"b.{ending}", pa.table({"y": labels, "s": scores}))
    assert refusal(good, bad, where="s IS NULL OR s <> 9").startswith(message.format(bad))
    assert refusal(bad).startswith(message.format(bad))
    with opened(bad, skip_bad=True) as log:
        assert sum(log.dropped().values()) == 1
        assert set(log.dropped()) <= set(REFUSALS)
        assert sum(len(batch.labels) for batch in log.batches()) == 2


@pytest.mark.parametrize("ending", ["parquet", "csv", "arrow"])
def test_of_several_scores_the_bad_one_is_named(tmp_path, ending):
    table = pa.table({"y": [0, 1], "s": [0.1, 0.2], "t": [0.3, np.nan]})
    file = write(tmp_path / f"x.{ending}", table)
    assert "row 2 of" in refusal(file, scores=("s", "t"))
    assert "has a score that is no number (t = nan)" in refusal(file, scores=("s", "t"))


def test_nan_is_found_where_the_statistics_of_a_file_hide_it(tmp_path):
    """Parquet's minimum and maximum leave nan out, and DuckDB trusts them."""
    nan = pa.array([1.0, np.nan])
    file = write(tmp_path / "x.parquet", pa.table({"y": nan, "s": [0.5, 0.5], "w": nan}))
    assert "a label that is neither 0 nor 1 (nan)" in refusal(file)
    assert "a weight that is not finite and at least 0 (nan)" in refusal(file, label="s = 1", weight="w")
    with opened(file, label="s = 1", scores=("y", "s"), skip_bad=True) as log:
        assert log.dropped() == {"bad score": 1}
        assert [batch.scores[0].tolist() for batch in log.batches()] == [[1.0]]


def test_weights_and_groups_are_checked(tmp_path):
    file = write(tmp_path / "x.parquet", pa.table({"y": [0, 1], "s": [1.0, 2.0], "w": [1.0, -1.0], "g": ["a", None]}))
    assert "row 2 of" in refusal(file, weight="w")
    assert "a weight that is not finite and at least 0 (-1.0)" in refusal(file, weight="w")
    assert "has no group (NULL)" in refusal(file, group="g", grouped=True)
    with opened(file, group="g", weight="w", skip_bad=True) as log:
        assert log.dropped() == {"bad weight": 1}


def test_a_weight_that_64_bits_do_not_hold(tmp_path):
    file = write(tmp_path / "x.parquet", pa.table({"y": [0, 1, 1], "s": [1.0, 2.0, 3.0], "w": [2.0**42, 5e12, 1.0]}))
    assert "row 2 of" in refusal(file, weight="w")
    assert "has a weight above 2⁴² (5000000000000.0)" in refusal(file, weight="w")
    with opened(file, weight="w", skip_bad=True) as log:
        assert log.dropped() == {"large weight": 1}
        assert sorted(w for batch in log.batches() for w in batch.weights) == [1, 2.0**42]


@pytest.mark.parametrize(("yes", "no"), [("true", "false"), ("True", "False"), ("yes", "no")])
def test_booleans_of_csv_are_labels_scores_and_slices(tmp_path, yes, no):
    file = tmp_path / "x.csv"
    file.write_text(f"y,s,c\n{yes},0.5,{yes}\n{no},0.25,{no}\n")
    with opened(file, scores=("s", "y"), by=("c",)) as log:
        slices = log.slices()
        assert slices == (("false", "true"),)
        (batch,) = log.batches(slices)
        columns = batch.labels, *batch.scores, *batch.codes
        assert sorted(zip(*(x.tolist() for x in columns), strict=True)) == [(0, 0.25, 0, 0), (1, 0.5, 1, 1)]


@pytest.mark.parametrize("others", [[], ["0,0.25"] * 3])
def test_words_among_the_scores_of_csv_are_named_or_skipped_and_counted(tmp_path, others):
    file = tmp_path / "x.csv"
    file.write_text("\n".join(["y,s", *others, "1,oops", "0,", "1,0.5", ""]))
    assert f"row {len(others) + 1} of" in refusal(file)
    assert "has a score that is no number (oops)" in refusal(file)
    with opened(file, skip_bad=True) as log:
        assert log.dropped() == {"bad score": 1, "null score": 1}
        assert sum(len(batch.labels) for batch in log.batches()) == len(others) + 1


def test_lines_of_csv_that_do_not_parse(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("y,s\n1,0.5\n0\n0,0.25\n")
    assert refusal(file, label="y").startswith("line 3 of ") or "there is no y" in refusal(file)
    file.write_text("y,s\n" + "1,0.5\n" * 30_000 + "0,abc\n")
    assert "line 30,002 of " in refusal(file)
    assert 'Could not convert string "abc"' in refusal(file)
    with opened(file, skip_bad=True) as log:
        assert log.dropped() == {"bad line": 1}
        assert sum(len(batch.labels) for batch in log.batches()) == 30_000


def test_a_csv_that_is_cut_off_within_a_line(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("y,s,t\n" + "1,0.5,a\n0,0.25,b\n" * 100 + "1,0")
    assert refusal(file).startswith(f"line 202 of {file} can't be read: Expected Number of Columns: 3 Found: 2")
    with opened(file, skip_bad=True) as log:
        assert log.dropped() == {"bad line": 1}
        assert sum(len(batch.labels) for batch in log.batches()) == 200


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("folders", ["", "day={}"])
def test_a_column_that_only_some_files_have_is_named(tmp_path, ending, folders):
    files = []
    for day, name in enumerate("ab"):
        folder = tmp_path / folders.format(day)
        folder.mkdir(exist_ok=True)
        files.append(write(folder / f"{name}.{ending}", pa.table({"y": [0, 1], name: [0.5, 0.25]})))
    assert refusal(*files, scores=("a",)) == (
        f"the files of a log must have the same columns: {files[0]} has a, {files[1]} does not."
    )


def test_each_query_skips_the_same_lines_of_csv(tmp_path):
    """A line that does not parse in one column is skipped by queries that need others, too, and is counted."""
    file = tmp_path / "x.csv"
    file.write_text(
        "y,s,t,c,g,z\n" + "1,0.5,2,7,8,9\n" * 30_000 + "1,0.5,2,abc,8,9\n1,0.5,2,7,abc,9\n1,0.5,2,7,8,abc\n"
    )
    with opened(file, scores=("s", "t"), by=("c",), group="g", skip_bad=True) as log:
        assert log.dropped() == {"bad line": 2}
        assert log.slices() == (("7",),)
        assert log.count_used() == 30_001
        for more in ({}, {"slices": log.slices()}, {"grouped": True}, {"ordered_by": 1}):
            assert sum(len(batch.labels) for batch in log.batches(**more)) == 30_001


def test_lines_of_json_that_do_not_parse(tmp_path):
    (tmp_path / "day=1").mkdir()
    file = tmp_path / "day=1" / "x.jsonl"
    lines = ['{"y": 1, "s": 0.5}'] * 30_000 + [
        '{"y": 1, "s": ',
        "rubbish",
        '{"y": 1}',
        '{"s": 0.5}',
        '{"y": 1, "s": "abc"}',
    ]
    file.write_text("\n".join(lines) + "\n")
    assert "can't be read: " in refusal(file)
    with opened(file, where="day = 1", skip_bad=True) as log:
        assert log.dropped() == {"null score": 2, "null label": 1, "bad line": 2}
        assert sum(len(batch.labels) for batch in log.batches()) == 30_000
    with opened(file, label="s IS NULL", scores=("1",), skip_bad=True) as log:
        assert log.dropped() == {"bad line": 2}
        assert sum(len(batch.labels) for batch in log.batches()) == 30_003


def test_what_is_not_there_is_named_with_what_is(tmp_path):
    file = write(tmp_path / "x.parquet")
    wrong = refusal(file, scores=("S_",))
    assert wrong == (
        "`--score` of `eval` must be a column or an SQL expression; there is no S_, there are y, s, user. "
        "Do you mean s?"
    )
    assert "must be a number; user is VARCHAR. The columns are y, s, user." in refusal(file, scores=("user",))
    assert "got s +: syntax error" in refusal(file, scores=("s +",))
    assert "must be 0 and 1 or booleans" in refusal(file, label="user")
    assert "must be a boolean; s is DOUBLE" in refusal(file, where="s")
    assert "must be a value of y, which is BIGINT, got x." in refusal(file, positive="x")
    assert "no lists or structures; [s] is DOUBLE[]" in refusal(file, group="[s]")
    assert "nothing matches" in refusal(tmp_path / "*.csv")
    assert "must be files that exist" in refusal(tmp_path / "none.csv")
    assert "must be files that end in one of .parquet" in refusal(write(tmp_path / "x.parquet") and __file__)
    assert "must be files of one format" in refusal(file, write(tmp_path / "x.csv"))
    (tmp_path / "empty").mkdir()
    assert "must be a folder with Parquet" in refusal(tmp_path / "empty")


def test_an_expression_is_one_expression(tmp_path):
    file = write(tmp_path / "x.parquet")
    for sql in ("s); DROP TABLE x; SELECT (s", "1; SELECT 2", "s) FROM x --"):
        assert "must be a column or an SQL expression" in refusal(file, scores=(sql,))


def test_empty_files(tmp_path):
    for ending in ("parquet", "csv", "arrow"):
        assert "there is no row in" in refusal(write(tmp_path / f"x.{ending}", TABLE.slice(0, 0)))
    (tmp_path / "y.csv").write_text("")
    assert "there is no row in" in refusal(tmp_path / "y.csv")
    (tmp_path / "z.parquet").write_text("")
    assert "can't be read" in refusal(tmp_path / "z.parquet")


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_a_truncated_file(tmp_path, ending):
    file = write(tmp_path / f"x.{ending}")
    os.truncate(file, os.path.getsize(file) - 40)
    assert f"{file} can't be read: " in refusal(file)


def test_a_file_that_changes_while_it_is_read(tmp_path):
    file = write(tmp_path / "x.parquet")
    with opened(file) as log:
        batches = log.batches()
        next(batches)
        write(tmp_path / "x.parquet", TABLE.slice(1))
        with pytest.raises(Refused, match="has changed while it was read"):
            list(batches)


def test_how_many_rows_are_known_before_they_are_read(tmp_path):
    long = pa.concat_tables([TABLE] * 1000)
    for ending, wanted in (("parquet", 5000), ("arrow", 5000), ("csv", pytest.approx(5000, rel=0.01))):
        with opened(write(tmp_path / f"x.{ending}", long)) as log:
            assert log.count() == wanted
    with opened(tmp_path / "x.parquet", where="y = 1") as log:
        assert log.count() is None
        assert log.count_used() == 3000


def test_a_sort_that_finds_no_room_is_a_sentence(tmp_path):
    n = 800_000
    table = pa.table({"y": np.arange(n) % 2, "s": np.random.default_rng(0).random(n), "g": np.arange(n) % 999})
    files = find_files([write(tmp_path / "x.parquet", table)])
    with open_log(files, Question("y", ("s",), group="g"), memory="20MB") as log:
        log.connection.execute("SET max_temp_directory_size = '1MB'")
        with pytest.raises(Refused, match=r"the temporary folder is full: .* `TMPDIR` selects another one\."):
            list(log.batches(ordered_by=0))
    assert not list(tmp_path.glob("*.tmp"))


def test_a_refusal_crosses_processes():
    import pickle

    error = pickle.loads(pickle.dumps(Refused("no file", argument="FILE", got="x")))
    assert error.said("zh") == Refused("no file", argument="FILE", got="x").said("zh")
