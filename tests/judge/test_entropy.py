"""The entropy of one distribution, which is cross-entropy's H(P, P): judged where the user says so, else left alone."""

import pytest

from byhand.judge.judge import Judge
from byhand.judge.reading.notebook import read

HEAD = "import math\nimport numpy as np\nimport torch\n\n"
BODIES = {
    "torch": ("return -torch.special.xlogy(p, p).sum(-1)", "right", ()),
    "numpy": ("return -(p * np.log(np.where(p > 0, p, 1))).sum(-1)", "right", ()),
    "a list": ("return -sum(q * math.log(q) for q in p if q)", "right", ()),
    "its mean": ("return torch.special.entr(p).sum(-1).mean()", "right", ()),
    "two classes": (
        "return -p * np.log2(p) - (1 - p) * np.log2(1 - p)",
        "fragile",
        ("cross_entropy/base-2-logarithm",),
    ),
    "bits": ("return -(p * np.log2(np.where(p > 0, p, 1))).sum(-1)", "convention", ("cross_entropy/base-2-logarithm",)),
    "at zero": ("return -(p * np.log(p)).sum(-1)", "fragile", ("cross_entropy/zero-times-log-zero",)),
    "sign": ("return (p * np.log(np.where(p > 0, p, 1))).sum(-1)", "mistaken", ("cross_entropy/sign-missing",)),
    "no log": ("return -(p * p).sum(-1)", "mistaken", ("cross_entropy/log-missing",)),
    "mean": (
        "return -(p * np.log(np.where(p > 0, p, 1))).mean(-1)",
        "mistaken",
        ("cross_entropy/mean-over-all-elements",),
    ),
    "another formula": ("return (p**3).sum(-1)", "unknown", ()),
}


@pytest.fixture(scope="module")
def judge():
    with Judge() as judge:
        yield judge


@pytest.mark.parametrize("body", BODIES)
def test_it_is_judged_as_the_cross_entropy_of_a_distribution_with_itself(judge, body):
    code, verdict, pages = BODIES[body]
    program = read(f"{HEAD}def entropy(p):\n    {code}\n".encode(), "a.py")
    (found,) = judge.judge(program, names={"entropy": "cross_entropy"}).judgements
    assert found.verdict == verdict
    assert set(pages) <= {finding.mistake for finding in found.findings}
    if verdict in ("right", "fragile", "mistaken"):
        assert found.convention["arguments"].endswith("no target")
        assert all("target =" not in str(finding.detail) for finding in found.findings)


def test_without_that_nothing_is_said_of_it(judge):
    for code in ("return -(p * np.log2(p)).sum()", "return (p * np.log(p)).sum()"):
        (found,) = judge.judge(read(f"{HEAD}def entropy(p):\n    {code}\n".encode(), "a.py")).judgements
        assert found.verdict == "unrecognised"


def test_a_name_of_cross_entropy_with_one_parameter_is_not_an_entropy(judge):
    program = read(f"{HEAD}def cross_entropy(p):\n    return -(p * np.log(p)).sum(-1)\n".encode(), "a.py")
    (found,) = judge.judge(program).judgements
    assert found.verdict not in ("right", "convention", "fragile", "mistaken")
