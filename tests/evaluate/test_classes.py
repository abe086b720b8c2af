"""More than two classes: the averages of scikit-learn, and for each class the same as of two classes."""

import dataclasses
import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

pa = pytest.importorskip("pyarrow", reason="PyArrow is not installed: pip install 'byhand[eval]'")
pytest.importorskip("duckdb", reason="DuckDB is not installed: pip install 'byhand[eval]'")

from pyarrow import parquet  # noqa: E402

from byhand.evaluate import evaluation  # noqa: E402
from byhand.evaluate.engines.groups import group_areas  # noqa: E402
from byhand.evaluate.engines.local import Local  # noqa: E402
from byhand.evaluate.evaluation import Demands, evaluate  # noqa: E402
from byhand.evaluate.reading.files import find_files  # noqa: E402
from byhand.evaluate.reading.log import open_log  # noqa: E402
from byhand.evaluate.reading.question import Question  # noqa: E402
from byhand.evaluate.reading.refused import Refused  # noqa: E402

NAMES = ["bird", "cat", "dog", "eel"]
EXACT = Demands(tolerance=0.0)


def table(n=3000, seed=0, digits=2):
    """Labels of four classes of different sizes, probabilities with ties in an odd order of columns, and more."""
    rng = np.random.default_rng(seed)
    code = rng.choice(4, n, p=[0.1, 0.2, 0.3, 0.4])
    p = np.round(rng.dirichlet(np.ones(4), n) + 0.3 * (code[:, None] == np.arange(4)), digits) + 0.01
    p /= p.sum(1, keepdims=True)
    columns = {"animal": np.array(NAMES)[code], "code": code - 1, "w": rng.integers(0, 4, n)}
    columns |= {f"p_{NAMES[k]}": p[:, k] for k in (2, 0, 3, 1)} | {f"q{k}": p[:, k] for k in range(4)}
    columns |= {"user": rng.integers(0, 60, n), "country": np.array(["CN", "DE"])[rng.integers(0, 2, n)]}
    return pa.table(columns), p


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Two files, and their rows as a pandas frame and as probabilities in the order of the classes."""
    folder, (rows, p) = tmp_path_factory.mktemp("log"), table()
    parquet.write_table(rows[:1000], folder / "1.parquet")
    parquet.write_table(rows[1000:], folder / "2.parquet")
    return str(folder), rows.to_pandas(), p


def found(files, label="animal", scores=("p_*",), multi_class="ovo", demands=EXACT, **asked):
    with open_log(find_files([str(files)]), Question(label, scores, multi_class=multi_class, **asked)) as opened:
        return evaluate(Local(opened, lambda *_: None), demands)[0]


def averages(one):
    return {
        ("ovr", "macro"): one.one_vs_rest.macro,
        ("ovr", "weighted"): one.one_vs_rest.weighted,
        ("ovo", "macro"): one.one_vs_one.macro,
        ("ovo", "weighted"): one.one_vs_one.weighted,
    }


@pytest.mark.parametrize(
    ("label", "scores"),
    [
        ("animal", ("p_*",)),
        ("animal", ("p_eel", "p_cat", "p_bird", "p_dog")),
        ("animal", ("q*",)),
        ("code", ("q0", "q1", "q2", "q3")),
        ("CAST(code AS DOUBLE)", ("q*",)),
        ("upper(animal)", ("q0 * 2", "q1", "q2", "q3")),
        ("DATE '2026-01-01' + CAST(code AS INTEGER)", ("q*",)),
    ],
)
def test_averages_are_those_of_scikit_learn(log, label, scores):
    files, rows, p = log
    classes = found(files, label, scores).classes
    for (multi_class, average), auc in averages(classes).items():
        assert auc.exact
        wanted = roc_auc_score(rows.animal, p, multi_class=multi_class, average=average)
        assert auc.value == pytest.approx(wanted, rel=2e-15, abs=0)
    assert classes.shares == tuple(np.mean(rows.animal == name) for name in NAMES)
    assert found(files, label, scores, "ovr").classes == dataclasses.replace(classes, one_vs_one=None, pairs=())


def test_many_classes_are_sorted_as_numbers(tmp_path):
    rng = np.random.default_rng(1)
    y, p = rng.integers(0, 12, 2000), rng.dirichlet(np.ones(12), 2000).astype(np.float32)
    columns = {f"p_{k}": p[:, k] for k in (11, *range(11))}  # not in order, and p_10 would come before p_2
    parquet.write_table(pa.table({"y": y} | columns), tmp_path / "x.parquet")
    classes = found(tmp_path, "y").classes
    assert classes.names == tuple(map(str, range(12)))
    for (multi_class, average), auc in averages(classes).items():
        wanted = roc_auc_score(y, p, multi_class=multi_class, average=average)
        assert auc.value == pytest.approx(wanted, rel=2e-15, abs=0)


def test_weights_are_repeated_rows(log):
    files, rows, p = log
    y, many = np.repeat(rows.animal, rows.w), np.repeat(p, rows.w, axis=0)
    for (multi_class, average), auc in averages(found(files, weight="w").classes).items():
        assert auc.value == pytest.approx(
            roc_auc_score(y, many, multi_class=multi_class, average=average), rel=2e-15, abs=0
        )


def test_each_class_is_what_two_classes_would_be(log):
    files, _, _ = log
    asked = {"group": "user", "by": ("country",)}
    many = found(files, demands=Demands(tolerance=0.0, curves=True), **asked)
    for k, name in enumerate(NAMES):
        one = found(files, f"animal = '{name}'", (f"p_{name}",), None, **asked)
        model = dataclasses.replace(many.models[k], roc=None, precision_recall=None)
        assert (model,) == one.models
        assert [part.areas[k] for part in many.slices["country"]] == [part.areas[0] for part in one.slices["country"]]


def test_slices_have_averages(log):
    files, rows, p = log
    for part in found(files, by=("country",)).slices["country"]:
        own = (rows.country == part.value).to_numpy()
        for average, auc in (("macro", part.one_vs_rest.macro), ("weighted", part.one_vs_rest.weighted)):
            wanted = roc_auc_score(rows.animal[own], p[own], multi_class="ovr", average=average)
            assert auc.value == pytest.approx(wanted, rel=2e-15, abs=0)


def test_a_class_that_a_slice_lacks_has_no_auc(log):
    files, _, _ = log
    first, *_ = found(files, by=("animal <> 'eel'",)).slices["animal <> 'eel'"]
    assert first.value == "false"
    assert math.isnan(first.one_vs_rest.macro.value)


def test_more_pairs_than_share_a_pass(log, monkeypatch):
    files, _, _ = log
    together = found(files, by=("country",))
    monkeypatch.setattr(evaluation, "TOGETHER", 5)
    assert dataclasses.replace(found(files, by=("country",)), passes=together.passes) == together


def test_sorted_on_disk_gauc_has_the_same_bits(log):
    files, rows, _ = log
    with open_log(find_files([files]), Question("animal", ("p_*",), group="user", multi_class="ovr")) as opened:
        kept, sorted_ = (group_areas(opened, len(rows), memory=memory) for memory in (1 << 30, 0))
    assert [state.to_bytes() for state in kept] == [state.to_bytes() for state in sorted_]


def test_bounds_of_averages_hold_the_exact_values(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluation, "MEMORY", 1 << 17)
    rows, _ = table(40_000, digits=12)
    parquet.write_table(rows, tmp_path / "x.parquet")
    loose = found(tmp_path, demands=Demands(tolerance=0.9))
    exact = found(tmp_path)
    assert exact.passes > loose.passes
    for bounds, auc in zip(averages(loose.classes).values(), averages(exact.classes).values(), strict=True):
        assert auc.exact
        assert bounds.lower <= auc.value <= bounds.upper
        assert 0 < bounds.width < 0.9


def refusal(files, *arguments, **asked):
    with pytest.raises(Refused) as caught:
        found(files, *arguments, **asked)
    assert caught.value.said("zh") != caught.value.said("en")
    return str(caught.value)


def test_classes_and_scores_that_do_not_fit_are_refused(log):
    files, _, _ = log
    assert "one column for each class: animal has 4 (bird, cat, dog, eel), got 2 (p_cat, p_dog)." in refusal(
        files, scores=("p_cat", "p_dog")
    )
    assert "one column for each class: animal has 3 (bird, cat, dog), got 4" in refusal(files, where="code < 2")
    assert "must have 2 to 32 classes with `--multi-class`, user has more." in refusal(files, "user")
    assert "must have 2 to 32 classes with `--multi-class`, animal has 1." in refusal(files, where="code = 0")
    assert "one column for each class: animal has 4 (bird, cat, dog, eel), got 1 (z_*)." in refusal(
        files, scores=("z_*",)
    )


def test_rows_without_a_class_are_named(log, tmp_path):
    files, _, _ = log
    rows, _ = table(200, seed=2)
    y = [float(code) for code in rows["code"].to_pylist()]
    parquet.write_table(rows.append_column("y", pa.array([*y[:77], math.nan, *y[78:]])), tmp_path / "x.parquet")
    assert "row 78 of" in (said := refusal(tmp_path, "y", ("q*",)))
    assert "has no label (nan)" in said
    assert found(tmp_path, "y", ("q*",), skip_bad=True).skipped == {"null label": 1}
    of_others = Question("animal", ("p_bird", "p_cat", "p_dog"), multi_class="ovr", classes=("bird", "cat", "dog"))
    with (
        open_log(find_files([files]), of_others) as opened,
        pytest.raises(Refused, match=r"has a label that is none of the classes \(eel\)"),
    ):
        evaluate(Local(opened, lambda *_: None), EXACT)
