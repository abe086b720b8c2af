"""The judge of cross-entropy, KL divergence and ROC AUC. The programs run in this process: they are ours."""

import ast
import secrets
import warnings
from itertools import combinations
from pathlib import Path

import pytest
import torch

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.ranking.options import LIMITS, POSITIVES, SCORES, WEIGHTS, _auc, _partial
from byhand.judge.reading.methods import methods
from byhand.judge.reading.notebook import read
from byhand.judge.reporting.words import written
from byhand.judge.session import Session
from byhand.judge.tasks import task
from byhand.metrics import roc_auc_score
from byhand.sandbox.machine import Machine

TASKS = ("cross_entropy", "kl_divergence", "roc_auc")
HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _quiet():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # arrays of a dozen numbers
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # learners' programs divide by zero, and say so
        yield
    torch.set_num_threads(threads)


def judged(text, seed=0, name=None):
    """The judgements of all definitions that one of the three tasks recognises."""
    session, found = Session(Machine().requests), []
    for definition in _definitions(text):
        sure = {t: task(t).recognises(definition) for t in TASKS}
        best = max(sure, key=sure.get)
        if sure[best] >= 0.5 and name in (None, definition.name):
            assert session.load(definition.program).ok
            found.append(diagnose(task(best), session, definition, seed))
    return found


def _definitions(text):
    """Those of a program; of a class that is none of the three, the methods that are functions."""
    for definition in read(text.encode(), "learner.py").definitions:
        known = any(task(name).recognises(definition) >= 0.5 for name in TASKS)
        yield from [definition] if known else methods(definition) if definition.is_class else [definition]


def programs(folder):
    return [file for name in TASKS for file in sorted((HERE / folder / name).glob("*.py"))]


def label(file):
    return f"{file.parent.name}/{file.stem}"


def expected(file):
    """The verdict in the first line, and the pages after it, none for a program that is right or fragile by no page."""
    verdict, *pages = file.read_text("utf-8").splitlines()[0].removeprefix("# expect: ").split()
    return verdict, pages


def same(id):
    page = clinic.page(id)
    return {id, *(f"{page.formula}/{name}" for name in page.same)}


@pytest.mark.draw(8)
@pytest.mark.parametrize(
    "file", [pytest.param(file, id=f"{file.parent.name}/{file.stem}") for file in programs("wheats")]
)
def test_a_right_program_is_not_accused(file):
    verdict, pages = expected(file)
    (judgement,) = judged(file.read_text("utf-8"), seed=len(file.stem))
    assert judgement.verdict == verdict, judgement.findings
    assert [f.mistake for f in judgement.findings if f.kind != "note"] == pages


@pytest.mark.draw(12)
@pytest.mark.parametrize(
    "file", [pytest.param(file, id=f"{file.parent.name}/{file.stem}") for file in programs("chaffs")]
)
def test_a_wrong_program_gets_the_name_of_its_mistake(file):
    verdict, pages = expected(file)
    (judgement,) = judged(file.read_text("utf-8"), seed=len(file.stem))
    found = [f.mistake for f in judgement.findings if f.mistake]
    kinds = {clinic.page(page).kind for page in pages}
    named = {id for id in found if not pages or clinic.page(id).kind in kinds}
    assert (judgement.verdict, len(named)) == (verdict, len(pages)), judgement.findings
    assert judgement.findings
    assert named <= {id for page in pages for id in same(page)}


def test_of_two_pages_that_give_the_same_numbers_the_learners_own_lines_choose():
    file = HERE / "chaffs" / "roc_auc" / "negatives_above_positives.py"
    (judgement,) = judged(file.read_text("utf-8"))
    assert [f.mistake for f in judgement.findings if f.line == 8] == ["roc_auc/positive-and-negative-swapped"]


def changes():
    """Every way to write every page's mistake; of several constants the first."""
    for name in TASKS:
        for page in clinic.pages(name):
            for becomes in page.becomes:
                change = clinic.Change(page, becomes.replace(clinic.CONSTANT, repr((*page.constants, 0)[0])))
                yield pytest.param(name, change, id=f"{page.id}-{page.becomes.index(becomes)}")


@pytest.mark.draw(8)
@pytest.mark.parametrize(("formula", "change"), list(changes()))
def test_a_changed_formula_gets_the_name_of_its_page(formula, change):
    named = [f.mistake for j in _of(formula, (change,)) for f in j.findings if f.mistake]
    assert named
    assert set(named) <= same(change.page.id)


def _of(formula, changed):
    """Judgements of the definitions that the changes can reach."""
    text, right = clinic.changed(formula, changed), clinic.source(formula)
    bodies = {node.name: ast.unparse(node) for node in ast.parse(right).body if isinstance(node, ast.FunctionDef)}
    now = {node.name: ast.unparse(node) for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    reached = {name for name in now if now[name] != bodies[name]}
    for _ in now:
        reached |= {name for name, body in now.items() if any(f"{other}(" in body for other in reached)}
    return [j for name in reached for j in judged(text, seed=3, name=name)]


PAIRS = [
    ("kl_divergence", "arguments-swapped", "base-2-logarithm"),
    ("cross_entropy", "sign-missing", "base-2-logarithm"),
    ("cross_entropy", "sign-missing-of-logits", "softmax-over-the-wrong-axis"),
    ("cross_entropy", "base-2-logarithm-of-logits", "mean-over-all-elements-of-logits"),
    ("roc_auc", "own-pairs-not-subtracted", "ranks-from-0"),
    ("roc_auc", "divided-by-all-pairs", "ranks-from-0"),
    ("roc_auc", "own-pairs-one-short", "divided-by-pos-times-pos-plus-one"),
]


@pytest.mark.draw(4)
@pytest.mark.parametrize(("formula", "first", "second"), PAIRS)
def test_two_mistakes_at_once_are_both_named(formula, first, second):
    pages = [clinic.page(f"{formula}/{name}") for name in (first, second)]
    changed = tuple(next(page.changes()) for page in pages)
    named = {f.mistake for j in _of(formula, changed) for f in j.findings if f.mistake}
    assert named == {page.id for page in pages}


@pytest.mark.draw(3)
@pytest.mark.parametrize("draw", range(3))
@pytest.mark.parametrize(
    "name",
    [
        "wheats/cross_entropy/numpy_indices",
        "wheats/kl_divergence/masked_numpy",
        "wheats/roc_auc/searchsorted",
        "chaffs/cross_entropy/gradient_sign_flipped_of_rows",
        "chaffs/kl_divergence/only_one_softened",
        "chaffs/roc_auc/scores_rounded_to_classes",
        "chaffs/roc_auc/histogram_bins",
    ],
)
def test_the_verdict_is_the_same_for_any_draw(name, draw):
    file = HERE / f"{name}.py"
    (judgement,) = judged(file.read_text("utf-8"), seed=secrets.randbits(32))
    verdict, pages = expected(file)
    assert judgement.verdict == verdict, judgement.findings
    assert {f.mistake for f in judgement.findings if f.mistake} == set(pages)


@pytest.mark.parametrize(
    "source",
    [
        "def softmax(x, axis):\n    import numpy as np\n    return np.exp(x) / np.exp(x).sum(axis)",
        "def sigmoid(x):\n    return 1 / (1 + 2.718 ** -x)",
        "def one_hot(y, n):\n    return [[float(i == k) for k in range(n)] for i in y]",
        "def accuracy(y_true, y_pred):\n    return (y_true == y_pred).mean()",
        "def roc_curve(y_true, y_score):\n    return [0.0], [1.0]",
        "def auc(fpr, tpr):\n    return sum(fpr) * sum(tpr)",
        "def entropy(p):\n    return -(p * p.log()).sum()",
        "def kl_loss(mu, logvar):\n    return -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum()",
        "def kl_divergence(first_sample, second_sample):\n    return log(density(first_sample)).sum()",
        "def kl_divergence(P, Q):\n    kl = 0\n    for i in range(len(P)):\n        for j in range(len(P)):\n"
        "            kl += P[i, j] * log(P[i, j] / Q[i, j])\n    return kl",
        "def auc(language, r):\n    a, b = loadtxt(language + '.txt'), loadtxt(r)\n    return (sorted(a) > b).mean()",
        "def kl_divergence(a, b):\n    p, q = histogram(a)[0], histogram(b)[0]\n    return (p * np.log(p / q)).sum()",
        "def cross_entropy_grad(p, y):\n    return p - y",
        "def train(model, data):\n    return sum(model(x).log() for x in data)",
        "class Net:\n    def forward(self, x):\n        return x",
        "class LogDataset:\n    def __getitem__(self, i):\n        return i",
    ],
)
def test_a_helper_is_not_taken_for_a_task(source):
    (definition,) = read(source.encode(), "learner.py").definitions
    assert all(task(name).recognises(definition) < 0.5 for name in TASKS)


def test_a_part_that_gets_its_scores_sorted_is_left_alone():
    text = (
        "def auc(y, s):\n    order = np.argsort(-s)\n    return auc_of_sorted(y[order], s[order])\n\n"
        "def auc_of_sorted(y, s):\n    return 1 - (np.cumsum(y == 1) * (y == 0)).mean()\n"
    )
    whole, part = read(text.encode(), "learner.py").definitions
    assert task("roc_auc").recognises(whole) == 1.0
    assert task("roc_auc").recognises(part) == 0.0


def test_a_method_of_a_class_with_another_tasks_name_is_not_taken_for_a_divergence():
    text = "class CrossEntropy:\n    def at(self, x, y):\n        return -(y * np.log(x)).sum()\n"
    (definition,) = read(text.encode(), "learner.py").definitions
    (method,) = methods(definition)
    assert task("kl_divergence").recognises(method) == 0.0


def test_rows_of_more_than_two_columns_are_no_pairs():
    text = "def auc(rows):\n    n = len(set(rows[:, 0])) * len(set(rows[:, 1]))\n    return sum(rows[:, 2]) / n\n"
    (definition,) = read(text.encode(), "learner.py").definitions
    assert not list(task("roc_auc").conventions(definition))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("cross_entropy", "cross_entropy"),
        ("my_bce_loss", "cross_entropy"),
        ("交叉熵损失", "cross_entropy"),
        ("KL散度", "kl_divergence"),
        ("kl_div", "kl_divergence"),
        ("DKL", "kl_divergence"),
        ("计算AUC", "roc_auc"),
        ("my_roc_auc_score", "roc_auc"),
    ],
)
def test_names_are_recognised_in_both_languages(name, wanted):
    text = f"import math\ndef {name}(a, b):\n    return sum(x * math.log(y) for x, y in zip(a, b))"
    (definition,) = read(text.encode(), "learner.py").definitions
    assert [t for t in TASKS if task(t).recognises(definition) >= 0.9] == [wanted]


def test_the_calling_convention_is_said():
    text = (HERE / "wheats" / "cross_entropy" / "chinese_one_hot.py").read_text("utf-8")
    (judgement,) = judged(text)
    assert dict(judgement.convention) == {
        "arguments": "one-hot or soft targets, probabilities",
        "input": "a batch of rows",
        "result": "mean",
        "arrays": "NumPy",
    }


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("cross_entropy/gradient_only_at_the_class", "gradient"),
        ("cross_entropy/divided_by_columns", "value"),
        ("kl_divergence/temperature_once", "value"),
    ],
)
def test_a_mistake_beside_the_formula_is_shown_in_numbers(name, key):
    (judgement,) = judged((HERE / "chaffs" / f"{name}.py").read_text("utf-8"))
    finding = next(f for f in judgement.findings if f.mistake.endswith(name.partition("/")[2].replace("_", "-")))
    assert finding.input
    assert written(finding.yours, "en").startswith(key)
    assert written(finding.formula, "en").startswith(key)
    assert finding.yours != finding.formula


def test_the_library_inside_is_named_with_its_line():
    (judgement,) = judged((HERE / "wheats" / "cross_entropy" / "torch_functional.py").read_text("utf-8"))
    (note,) = judgement.findings
    assert (note.note, note.line, note.detail) == ("library", 6, {"name": "torch.nn.functional.cross_entropy"})


def _notes(text):
    (judgement,) = judged(text)
    assert judgement.verdict in ("right", "convention", "fragile"), judgement.findings
    return {finding.note: finding.detail.get("names", "") for finding in judgement.findings if finding.kind == "note"}


@pytest.mark.parametrize(("line", "said"), [("", True), ("    y_pred = y_pred.reshape(-1)\n", False)])
def test_a_column_against_a_vector_is_said_to_broadcast(line, said):
    text = 'import numpy as np\n\ndef bce(y_pred, y):\n    """y_pred: (N, 1)"""\n' + line
    text += "    return -np.mean(y * np.log(y_pred) + (1 - y) * np.log(1 - y_pred))\n"
    assert ("column against vector" in _notes(text)) is said


CUT = """
import torch

def cross_entropy(logits, y):
    log_p = logits.log_softmax(-1)
    loss = -log_p[torch.arange(len(y)), y].mean()
    return {}
"""


@pytest.mark.parametrize(
    "source",
    [
        CUT.format("loss.detach()"),
        CUT.format("loss.item()"),
        CUT.format("float(loss)"),
        CUT.format("loss.data"),
        CUT.format("torch.tensor(loss.item())"),
        CUT.format("torch.tensor(loss.item(), requires_grad=True)"),
        CUT.format("loss").replace("def ", "@torch.no_grad()\ndef "),
        CUT.format("loss").replace("logits.log", "logits.detach().log"),
        CUT.format("torch.from_numpy(-log_p[torch.arange(len(y)), y].numpy()).mean()"),
    ],
)
def test_a_loss_that_nothing_can_be_trained_with_is_right_and_said_to_be_cut_off(source):
    assert "no gradient" in _notes(source)


@pytest.mark.parametrize(
    "source",
    [
        CUT.format("loss"),
        CUT.format("loss, log_p.detach()"),
        CUT.format("loss").replace("log_p = logits", "c = logits.max().detach()\n    log_p = (logits - c)"),
        (HERE / "wheats" / "cross_entropy" / "numpy_indices.py").read_text("utf-8"),
        (HERE / "wheats" / "cross_entropy" / "plain_python.py").read_text("utf-8"),
        (HERE / "wheats" / "cross_entropy" / "autograd_function.py").read_text("utf-8"),
        (HERE / "wheats" / "cross_entropy" / "loss_and_gradient.py").read_text("utf-8"),
    ],
)
def test_of_a_loss_with_a_gradient_or_without_torch_nothing_is_said_of_the_graph(source):
    assert "no gradient" not in _notes(source)


ENTROPY = """
import torch

def cross_entropy(logits, y, {option}):
    log_p = logits.log_softmax(-1)
    picked, rest = -log_p[torch.arange(len(y)), y], -log_p.mean(-1)
    return {loss}
"""
PLAIN = """
import torch

def cross_entropy(p, y, eps=1e-12):
    picked = p[torch.arange(len(y)), y]
    return {loss}
"""
KL = """
import torch

def kl_divergence(p, q, {option}):
    return {loss}
"""


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (ENTROPY.format(option="alpha=1.0", loss="alpha**alpha * picked.mean()"), "alpha"),
        (ENTROPY.format(option="alpha=0.0", loss="(picked + alpha * rest).mean()"), "alpha"),
        (ENTROPY.format(option="gamma=0.0", loss="(picked * (1 - (-picked).exp()) ** (2 * gamma)).mean()"), "gamma"),
        (
            ENTROPY.format(option="weight=1.0, alpha=1.0", loss="(weight**3 * alpha**2 * picked).mean()"),
            "weight, alpha",
        ),
        (PLAIN.format(loss="-(picked + 1e-12).log().mean()"), "eps"),
        (PLAIN.format(loss="-(picked + eps**2 * 1e12).log().mean()"), "eps"),
        (PLAIN.format(loss="-picked.clamp(min=eps / 2).log().mean()"), "eps"),
    ],
)
def test_an_option_of_no_known_meaning_is_said_not_to_be_checked(source, names):
    assert _notes(source)["options not checked"] == names


@pytest.mark.parametrize(
    "source",
    [
        ENTROPY.format(option="alpha=1.0", loss="alpha * picked.mean()"),
        ENTROPY.format(option="alpha=0.0", loss="((1 - alpha) * picked + alpha * rest).mean()"),
        ENTROPY.format(option="weight=1.0", loss="(weight * picked).mean()"),
        ENTROPY.format(option="dim=-1", loss="picked.mean()"),
        PLAIN.format(loss="-(picked + eps).log().mean()"),
        PLAIN.format(loss="-picked.clamp(min=eps).log().mean()"),
        PLAIN.format(loss="-picked.clamp(eps, 1 - eps).log().mean()"),
        KL.format(option="eps=1e-10", loss="(p * ((p + eps) / (q + eps)).log()).sum(-1)"),
        KL.format(option="eps=1e-10", loss="(p * (p / q.clamp(min=eps)).log()).sum(-1)"),
        (HERE / "wheats" / "cross_entropy" / "every_option.py").read_text("utf-8"),
        (HERE / "wheats" / "cross_entropy" / "list_of_sample_weights.py").read_text("utf-8"),
        (HERE / "wheats" / "cross_entropy" / "weight_of_each_sample.py").read_text("utf-8"),
        (HERE / "wheats" / "cross_entropy" / "label_smoothing_function.py").read_text("utf-8"),
        (HERE / "wheats" / "kl_divergence" / "distillation.py").read_text("utf-8"),
    ],
)
def test_an_option_that_does_the_same_known_thing_at_two_values_needs_no_note(source):
    assert "options not checked" not in _notes(source)


def test_every_page_has_its_chaff():
    for name in TASKS:
        chaffs = {id for file in programs("chaffs") for page in expected(file)[1] for id in same(page)}
        assert {page.id for page in clinic.pages(name)} <= chaffs


def test_pairs_of_pages_are_of_different_lines():
    assert all(a != b for _, *names in PAIRS for a, b in combinations(names, 2))


@pytest.mark.parametrize("chosen", WEIGHTS)
def test_options_of_an_auc_are_those_of_the_metric(chosen):
    labels = POSITIVES.astype(int)
    assert _auc(SCORES, POSITIVES, chosen) == pytest.approx(roc_auc_score(labels, SCORES, sample_weight=chosen))
    for limit in LIMITS:
        assert _partial(SCORES, POSITIVES, limit)[0] == pytest.approx(roc_auc_score(labels, SCORES, max_fpr=limit))
    others = [None, chosen**2, chosen * POSITIVES + ~POSITIVES, chosen * ~POSITIVES + POSITIVES, chosen[::-1]]
    seen = [_auc(SCORES, POSITIVES, weight) for weight in others]
    assert min(abs(value - _auc(SCORES, POSITIVES, chosen)) for value in seen) > 0.01
