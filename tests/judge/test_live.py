"""`byhand.check`: files and live objects get the same verdicts, sealed."""

import math
import re
from pathlib import Path

import pytest
import torch

import byhand

EPS = 1e-300
HERE = Path(__file__)


def total(weights):
    return math.fsum(weights)


def kl(p, q):
    """A learner's, with a helper, a constant and an import of this file."""
    p = [x / total(p) for x in p]
    q = [x / total(q) for x in q]
    return sum(a * math.log(a / b) if a > EPS else 0.0 for a, b in zip(p, q))  # noqa: B905


class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, self.betas, self.eps = list(params), lr, betas, eps
        self.m = [0.0 * p.detach() for p in self.params]
        self.v = [0.0 * p.detach() for p in self.params]

    def step(self):
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is not None:
                self.m[i] = b1 * self.m[i] + (1 - b1) * p.grad
                self.v[i] = b2 * self.v[i] + (1 - b2) * p.grad**2
                p.data -= self.lr * self.m[i] / (self.v[i].sqrt() + self.eps)


def test_live_objects_and_files_get_the_same_verdicts():
    live = byhand.check(kl, MyAdam, lang="en")
    file = byhand.check(HERE, lang="en")
    assert live.verdicts["MyAdam"] == file.verdicts["MyAdam"] == "mistaken"
    assert live.mistakes["MyAdam"] == file.mistakes["MyAdam"] == ["adam/no-bias-correction"]
    assert live.verdicts["kl"] == file.verdicts["kl"]
    assert live.report.layers == file.report.layers != ()


def test_it_shows_itself_as_text_and_as_a_page():
    checked = byhand.check(MyAdam, lang="zh")
    assert "没有做偏差修正" in repr(checked)
    assert checked._repr_html_().count("<section") == 1
    assert checked.json()["definitions"][0]["verdict"] == "mistaken"
    line = HERE.read_text("utf-8").split("\n").index("class MyAdam:") + 1
    assert checked.json()["definitions"][0]["line"] == line


def sgd(w, g, lr=0.1):
    return w + lr * g


def test_lines_around_a_marked_one_are_those_of_its_own_definition():
    checked = byhand.check(MyAdam, kl, sgd, lang="en")
    lines = HERE.read_text("utf-8").split("\n")
    shown = re.findall(r"^ +(\d+) │ (.+)$", repr(checked), re.MULTILINE)
    assert len(shown) > 3
    for number, text in shown:
        assert lines[int(number) - 1] == text.rstrip(), (number, text)
    assert checked.mistakes["sgd"] == ["sgd/gradient-added"]


def test_what_annotations_name_does_not_stop_a_class_of_a_library():
    checked = byhand.check(torch.optim.Adam, lang="en")
    assert "NameError" not in repr(checked)
    assert checked.verdicts["Adam"] in ("right", "convention")


def test_what_has_no_source_or_is_no_definition_gets_a_sentence(tmp_path):
    made = {}
    exec("def f(p, q):\n    return p", made)
    with pytest.raises(ValueError, match="must have its source available; f has none"):
        byhand.check(made["f"])
    with pytest.raises(TypeError, match="`what` of `check` must be functions and classes, or a path, got 3"):
        byhand.check(3)
    with pytest.raises(TypeError, match="got nothing"):
        byhand.check()
    with pytest.raises(ValueError, match="must be 'en' or 'zh', got 'fr'"):
        byhand.check(kl, lang="fr")
    with pytest.raises(ValueError, match=r"`names` of `check` must be one of .*adam.* for each name, got 'adamx'"):
        byhand.check(kl, names={"kl": "adamx"})
    with pytest.raises(ValueError, match="`names` of `check` must be of definitions of kl, got 'g'"):
        byhand.check(kl, names={"g": "adam"})
    with pytest.raises(FileNotFoundError):
        byhand.check(tmp_path / "none.py")
