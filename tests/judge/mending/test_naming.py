"""All mistakes of a program at once, each proved by what is left when its mend alone is left out."""

import pytest

from byhand.judge.diagnosis import clinic
from byhand.judge.mending.text import Edit, without
from mending.compound import compounds
from mending.corpus import names_of

THREE = """import numpy as np


def adam(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m += (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    mhat = m / (1 - beta1**t)
    vhat = v / (1 - beta2**t)
    theta = theta + alpha * mhat / np.sqrt(vhat)
    return theta, m, v
"""


def test_three_mistakes_have_their_names_and_lines():
    assert names_of(THREE) == {
        ("adam/old-moment-not-decayed", 5),
        ("adam/no-eps", 9),
        ("adam/sign-flipped", 9),
    }


def test_what_has_no_names_gets_none():
    assert names_of(THREE.replace("+ alpha", "+ 1.05 * alpha")) == set()


def told(part):
    return part[:20] if isinstance(part, str) else "+".join(sorted(part))


@pytest.mark.draw(12)
@pytest.mark.parametrize(("name", "text", "pages"), [*compounds(3)][::12], ids=told)
def test_no_name_is_wrong(name, text, pages):
    assert {page for page, _ in names_of(text) if clinic.page(page).kind == "mistake"} <= pages


@pytest.mark.parametrize(
    ("chain", "left_out", "result"),
    [
        ([[Edit(0, 1, "x")], [Edit(2, 3, "yy")]], 0, "abyy"),
        ([[Edit(0, 1, "xxx")], [Edit(4, 5, "y")]], 0, "aby"),
        ([[Edit(0, 1, "xxx")], [Edit(4, 5, "y")]], 1, "xxxbc"),
        ([[Edit(0, 1, "xxx")], [Edit(1, 2, "y")]], 0, None),
        ([[Edit(1, 1, "--")], [Edit(0, 1, "")], [Edit(3, 4, "z")]], 0, "bz"),
    ],
)
def test_a_step_is_left_out(chain, left_out, result):
    whole = "abc"
    for edits in chain:
        for edit in edits:
            whole = whole[: edit.start] + edit.new + whole[edit.end :]
    assert without("abc", chain, left_out, whole) == result
