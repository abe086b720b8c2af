"""What `byhand eval` computes, against scikit-learn and pandas; the same bits for any way through the rows."""

import dataclasses
import math
import weakref

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sklearn

pa = pytest.importorskip("pyarrow", reason="PyArrow is not installed: pip install 'byhand[eval]'")
pytest.importorskip("duckdb", reason="DuckDB is not installed: pip install 'byhand[eval]'")

from pyarrow import parquet  # noqa: E402

from byhand.evaluate import Ranking, evaluation  # noqa: E402
from byhand.evaluate.engines.fold import Fold  # noqa: E402
from byhand.evaluate.engines.groups import group_areas  # noqa: E402
from byhand.evaluate.engines.local import Local, fold_files  # noqa: E402
from byhand.evaluate.evaluation import Demands, evaluate, report  # noqa: E402
from byhand.evaluate.reading.files import find_files  # noqa: E402
from byhand.evaluate.reading.log import open_log  # noqa: E402
from byhand.evaluate.reading.question import Question  # noqa: E402
from byhand.evaluate.reading.refused import Refused  # noqa: E402
from prediction_logs import exact_auc  # noqa: E402

EXACT = Demands(tolerance=0.0)


def table(n, seed=0):
    """Labels, two scores with ties in [0, 1], users and countries."""
    rng = np.random.default_rng(seed)
    y = rng.random(n) < 0.3
    return pa.table(
        {
            "y": y,
            "a": np.round((rng.random(n) + y * 0.4) / 1.5, 3).astype(np.float32),
            "b": np.round((rng.random(n) + y * 0.2) / 1.3, 2),
            "user": rng.integers(0, n // 50, n) * 10**12,
            "country": np.array(["CN", "US", "DE", None], object)[rng.integers(0, 4, n)],
            "w": rng.integers(0, 4, n),
        }
    )


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Three files, and their rows as a pandas frame."""
    folder, whole = tmp_path_factory.mktemp("log"), table(5000)
    for name, part in (("1", whole[:3000]), ("2", whole[3000:3001]), ("3", whole[3001:])):
        parquet.write_table(part, folder / f"{name}.parquet")
    return [str(folder)], whole.to_pandas()


def found(files, demands=EXACT, **asked):
    with open_log(find_files(files), Question("y", **asked)) as opened:
        return evaluate(Local(opened, lambda *_: None), demands)[0]


def test_measures_are_those_of_scikit_learn(log):
    files, rows = log
    one = found(files, scores=("a", "b"), demands=Demands(curves=True))
    assert one.rows == len(rows)
    assert one.share == rows.y.mean()
    for model in one.models:
        score = rows[model.name].astype(float)
        assert model.area.auc.exact
        assert model.area.auc.value == pytest.approx(sklearn.roc_auc_score(rows.y, score), rel=1e-14)
        assert model.average_precision.value == pytest.approx(sklearn.average_precision_score(rows.y, score), rel=1e-12)
        assert model.calibration.log_loss == pytest.approx(sklearn.log_loss(rows.y, score), rel=1e-6)
        assert model.calibration.brier == pytest.approx(sklearn.brier_score_loss(rows.y, score), rel=1e-6)
        assert sum(one.rows for one in model.calibration.bins) == len(rows)
        assert abs(sklearn.auc(model.roc.x, model.roc.y) - model.area.auc.value) <= 1e-3
        assert model.precision_recall.y[-1] == rows.y.mean()
    (comparison,) = one.comparisons.values()
    gap = one.models[1].area.auc.value - one.models[0].area.auc.value
    assert comparison.difference == pytest.approx(gap, rel=1e-14)
    assert comparison.p_value < 1e-6


def test_weights(log):
    files, rows = log
    one = found(files, scores=("a",), weight="w", by=("country",))
    wanted = sklearn.roc_auc_score(rows.y, rows.a, sample_weight=rows.w)
    assert one.models[0].area.auc.value == pytest.approx(wanted, rel=1e-13)
    fractions = found(files, scores=("a",), weight="w / 3")
    assert fractions.models[0].area.auc.value == pytest.approx(wanted, abs=1e-6)
    assert fractions.models[0].area.delong is None


def test_slices(log):
    files, rows = log
    slices = found(files, scores=("a", "b"), by=("country", "user % 7"), where="country IS NULL OR country <> 'US'")
    rows = rows[rows.country != "US"]
    assert [one.value for one in slices.slices["country"]] == ["CN", "DE", None]
    assert [one.value for one in slices.slices["user % 7"]] == [str(i) for i in range(7)]
    for one in slices.slices["country"]:
        part = rows[rows.country.isna() if one.value is None else rows.country == one.value]
        assert one.rows == len(part)
        assert one.areas[1].auc.value == pytest.approx(sklearn.roc_auc_score(part.y, part.b), rel=1e-14)


def test_more_slices_than_share_a_pass(log, monkeypatch):
    files, _ = log
    together = found(files, scores=("a", "b"), by=("country", "user % 7"))
    monkeypatch.setattr(evaluation, "TOGETHER", 5)
    assert found(files, scores=("a", "b"), by=("country", "user % 7")).slices == together.slices


def test_finished_slices_make_room_for_others(log, monkeypatch):
    """Rankings that need several passes each; when a pass for other slices begins, those of all rows alone are kept."""
    files, _ = log
    together = found(files, scores=("a", "b"), by=("user % 7",)).slices["user % 7"]
    made, alive = weakref.WeakSet(), []

    def ranking(**settings):
        made.add(one := Ranking(**settings))
        return one

    class Watched(Local):
        def fold(self, fold, slices, step):
            if step == "by slices":
                alive.append(sum(one.rows > 0 for one in made))
            return super().fold(fold, slices, step)

    monkeypatch.setattr(evaluation, "Ranking", ranking)
    monkeypatch.setattr(evaluation, "MEMORY", 3 << 10)
    monkeypatch.setattr(evaluation, "TOGETHER", 3)
    with open_log(find_files(files), Question("y", ("a", "b"), by=("user % 7",))) as opened:
        one, _ = evaluate(Watched(opened, lambda *_: None), EXACT)
    assert alive == [2] * 4
    assert one.passes > 5
    areas = [[area.auc for one in slices for area in one.areas] for slices in (one.slices["user % 7"], together)]
    assert areas[0] == areas[1]


def gauc(rows, score):
    """Mean of scikit-learn's AUC over users: plain, by rows, by positives; and the users left out."""
    both = rows.groupby("user").filter(lambda user: user.y.nunique() == 2).groupby("user")
    areas = both[["y", score]].apply(lambda user: sklearn.roc_auc_score(user.y, user[score]))
    weights = {"groups": np.ones(len(areas)), "rows": both.size(), "positives": both.y.sum()}
    return {name: np.average(areas, weights=w) for name, w in weights.items()}, rows.user.nunique() - len(areas)


@pytest.mark.parametrize("group", ["user", "user // 1000000000000", "'u' || user"])
def test_gauc_is_a_group_by_of_scikit_learn(log, group):
    files, rows = log
    one = found(files, scores=("a", "b"), group=group)
    for model in one.models:
        means, left_out = gauc(rows, model.name)
        assert model.groups.left_out == left_out
        assert dict(model.groups.mean) == pytest.approx(means, rel=1e-14)


@pytest.mark.parametrize("group", ["user", "CAST(user AS UBIGINT) + (1::UBIGINT << 63)", "'u' || user", "y", "7"])
def test_sorted_on_disk_gauc_has_the_same_bits(log, group):
    files, rows = log
    with open_log(find_files(files), Question("y", ("a", "b"), group=group)) as opened:
        kept, sorted_ = (group_areas(opened, len(rows), memory=memory) for memory in (1 << 30, 0))
    assert [state.to_bytes() for state in kept] == [state.to_bytes() for state in sorted_]


def test_groups_whose_ids_are_far_apart_are_read_again(tmp_path, monkeypatch):
    """The first batch says nothing of it; unsigned ids above 2⁶³ and negative ones are no exception."""
    monkeypatch.setattr("byhand.evaluate.reading.log.BATCH", 2048 * 3)
    y, s = np.arange(6000) % 3 == 0, np.random.default_rng(0).random(6000)
    near = np.arange(6000) // 2000 * 1000 + np.random.default_rng(1).integers(0, 50, 6000)
    far = np.where(near < 1000, near - 20, near * 10**15)
    high = far.astype(np.uint64) + np.uint64(2**63)
    columns = {"y": y, "s": s, "near": near, "far": far, "high": high, "few": near - 25}
    parquet.write_table(pa.table(columns), tmp_path / "x.parquet")
    found_ = {name: found([str(tmp_path)], scores=("s",), group=name).models[0].groups for name in list(columns)[2:]}
    assert set(map(repr, found_.values())) == {repr(found_["near"])}
    assert found_["near"].groups == 150


def test_a_log_that_grows_while_groups_are_read_is_refused(log):
    files, rows = log
    with open_log(find_files(files), Question("y", ("a",), group="user")) as opened:
        for wrong in (len(rows) - 1, len(rows) + 1):
            with pytest.raises(Refused, match="has changed while it was read"):
                group_areas(opened, wrong)


@pytest.mark.parametrize("group", ["user", "'u' || user"])
def test_gauc_with_weights_is_that_of_repeated_rows(log, tmp_path, group):
    files, rows = log
    repeated = rows.loc[rows.index.repeat(rows.w)].drop(columns="w")
    parquet.write_table(pa.Table.from_pandas(repeated, preserve_index=False), tmp_path / "repeated.parquet")
    plain = found([str(tmp_path)], scores=("a", "b"), group=group)
    for weight in ("w", "w * 100000000", "w / 1024"):
        weighted = found(files, scores=("a", "b"), group=group, weight=weight)
        for one, other in zip(weighted.models, plain.models, strict=True):
            assert one.groups.groups == other.groups.groups
            assert one.groups.left_out == other.groups.left_out
            assert one.groups.mean == pytest.approx(other.groups.mean, rel=1e-15)
    assert found(files, scores=("a",), group=group, weight="3").models[0].groups.mean == (
        found(files, scores=("a",), group=group).models[0].groups.mean
    )


def test_gauc_with_weights_counts_pairs_that_64_bits_do_not_hold(tmp_path):
    y, w = np.arange(2000) % 2 == 1, np.random.default_rng(0).integers(1, 1 << 30, 2000)
    s = np.random.default_rng(1).integers(0, 50, 2000) / 64
    parquet.write_table(pa.table({"y": y, "s": s, "w": w, "g": np.arange(2000) // 1000}), tmp_path / "x.parquet")
    groups = found([str(tmp_path)], scores=("s",), weight="w", group="g").models[0].groups
    parts = [slice(0, 1000), slice(1000, 2000)]
    areas = [exact_auc(y[part], s[part], w[part]) for part in parts]
    totals = [int(w[part].sum()) for part in parts]
    assert groups.mean["groups"] == pytest.approx(sum(areas) / 2, rel=1e-15)
    assert groups.mean["rows"] == pytest.approx(np.average(areas, weights=totals), rel=1e-15)


def test_files_are_read_again_until_auc_is_exact(tmp_path, monkeypatch):
    """More rows than the state may keep: bounds after one pass, and then the exact value."""
    monkeypatch.setattr(evaluation, "MEMORY", 8 << 20)
    rng = np.random.default_rng(0)
    n = 2_000_000
    y, x = rng.random(n) < 0.5, rng.random(n) ** 40
    x[: n // 2] = 0.5 + rng.random(n // 2) * 1e-12  # half of the rows in a narrow range of keys
    parquet.write_table(pa.table({"y": y, "x": x}), tmp_path / "x.parquet")
    files = [str(tmp_path / "x.parquet")]
    loose = found(files, Demands(tolerance=0.9), scores=("x",))
    exact = found(files, scores=("x",))
    (bounds,) = (model.area.auc for model in loose.models)
    assert (loose.passes, bounds.exact) == (1, False)
    assert exact.passes > 1
    assert exact.models[0].area.auc.value == pytest.approx(sklearn.roc_auc_score(y, x), abs=1e-12)
    assert bounds.lower <= exact.models[0].area.auc.value <= bounds.upper


def test_one_class_and_scores_that_are_no_probabilities(log):
    files, _ = log
    (model,) = found(files, scores=("a",), where="y", group="user").models
    assert math.isnan(model.area.auc.value)
    assert model.groups.groups == 0
    assert math.isnan(model.groups.mean["rows"])
    (model,) = found(files, scores=("a * 3",)).models
    assert model.calibration is None
    assert model.area.auc.value == found(files, scores=("a",)).models[0].area.auc.value


def test_a_reference(log, tmp_path):
    files, rows = log
    parquet.write_table(table(4000, seed=1), tmp_path / "old.parquet")
    question = Question("y", ("a",))
    with open_log(find_files(files), question) as new, open_log(find_files([str(tmp_path)]), question) as old:
        engines = [Local(opened, lambda *_: None) for opened in (new, old)]
        compared = report(question, *engines, EXACT)
        same = report(question, engines[0], engines[0], EXACT)
    a, b = compared.current.models[0].area, compared.reference.models[0].area
    (shift,) = compared.shifts
    assert shift.change.difference == a.auc.value - b.auc.value
    assert shift.change.standard_error == pytest.approx(math.hypot(a.delong.standard_error, b.delong.standard_error))
    old_rows = table(4000, seed=1).to_pandas()
    edges = np.unique(np.quantile(old_rows.a, np.arange(1, 10) / 10))
    assert 0 < shift.drift.psi < 0.01
    counts = [pd.Series(np.searchsorted(edges, one.a, "right")).value_counts(sort=False) for one in (old_rows, rows)]
    assert len(counts[0]) == 10
    assert same.shifts[0].drift.psi == 0
    assert same.shifts[0].change.difference == 0
    assert same.shifts[0].change.p_value == 1


def test_the_order_of_files_and_batches_changes_no_bit(log, monkeypatch):
    files, _ = log
    asked = {"scores": ("a", "b"), "group": "user", "by": ("country",)}
    first = found(files, **asked)
    monkeypatch.setattr("byhand.evaluate.reading.log.BATCH", 2048)
    names = sorted(find_files(files).paths, reverse=True)
    second = found(names, **asked)
    assert dataclasses.replace(second, files=first.files) == first


def test_a_part_of_a_log_may_have_no_rows(tmp_path):
    parquet.write_table(table(60)[:0], tmp_path / "x.parquet")
    (tmp_path / "header.csv").write_text("y,a\n")
    (tmp_path / "nothing.csv").write_text("")
    for name in ("x.parquet", "header.csv", "nothing.csv"):
        files = find_files([str(tmp_path / name)])
        assert fold_files(files, Question("y", ("a",)), (), Fold()).rows == 0
        with pytest.raises(Refused, match="there is no row in"), open_log(files, Question("y", ("a",))):
            pass


def test_a_positive_label_that_no_row_has_is_refused(tmp_path):
    y = np.array(["no", "yes", "maybe"])[np.arange(300) % 3]
    many = np.array([f"label {i:02}" for i in range(30)])[np.arange(300) % 30]
    columns = {"y": y, "many": many, "n": np.arange(300) % 3, "x": np.arange(300) / 300, "w": (y != "yes") * 1}
    parquet.write_table(pa.table(columns), tmp_path / "x.parquet")

    def refusal(label, positive, **asked):
        with (
            open_log(find_files([str(tmp_path)]), Question(label, ("x",), positive=positive, **asked)) as opened,
            pytest.raises(Refused, match="must be a value that some row has") as caught,
        ):
            evaluate(Local(opened, lambda *_: None), EXACT)
        assert caught.value.said("zh") != caught.value.said("en")
        return str(caught.value)

    assert "got Yes: y is maybe, no, yes in" in refusal("y", "Yes")
    assert "got yes: y is maybe, no in" in refusal("y", "yes", where="y <> 'yes'", group="n", by=("n",))
    assert "got 7: n is 0, 1, 2 in" in refusal("n", "7")
    assert ", label" in (said := refusal("many", "7"))
    assert said.count("label ") == 10
    assert ", … in" in said
    with open_log(find_files([str(tmp_path)]), Question("y", ("x",), positive="yes", weight="w")) as opened:
        (model,) = evaluate(Local(opened, lambda *_: None), EXACT)[0].models  # there are such rows, of no weight
    assert math.isnan(model.area.auc.value)
