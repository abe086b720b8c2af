"""What stops a program does not hide the rest of its mistakes."""

import pytest

from byhand.judge.mending.past_the_stop import KINDS, judged_on
from byhand.judge.mending.table import kinds
from byhand.judge.session import Session
from mending.corpus import judged, machine

ADAM = """import torch


class Adam:
    def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params = list(params)
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * p.grad
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * p.grad**2
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            p -= self.lr * m_hat / (v_hat.sqrt() + self.eps)
"""
SIGN, STOP = ("p -= self", "p += self"), ("+ (1 - self.beta1)", "+ (1 - self.beta_1)")


def further(*changes, text=ADAM):
    """The judgement of the program with these changes, and the one after judging on."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    task, judgement = judged(text.encode(), "x.py", 5)
    return judgement, judged_on(task, Session(machine().requests), judgement, 5)


def named(judgement):
    return {(one.mistake, one.line) for one in judgement.findings if one.mistake and not one.edge}


def test_the_mistakes_behind_an_attribute_that_is_spelt_two_ways():
    before, after = further(STOP, SIGN)
    assert named(before) == {("adam/attribute-named-two-ways", 18)}
    assert named(after) == {*named(before), ("adam/sign-flipped", 22)}
    assert [one.note for one in after.findings if one.kind == "note"] == ["past the stop"]
    assert after.verdict == before.verdict == "mistaken"


def test_a_program_that_is_stopped_by_a_misspelt_name():
    before, after = further(("(v_hat.sqrt()", "(v_hatt.sqrt()"), SIGN)
    assert (before.verdict, named(before)) == ("stopped", set())
    assert named(after) == {("adam/sign-flipped", 22)}


@pytest.mark.parametrize("changes", [(STOP,), (SIGN,), (("(v_hat.sqrt()", "(undefined.sqrt()"), SIGN)])
def test_where_nothing_is_behind_or_nothing_helps_all_stays(changes):
    before, after = further(*changes)
    assert after is before or named(after) == named(before)


def test_its_kinds_are_in_the_table():
    assert set(KINDS) <= {kind.name for kind in kinds("adam")}


KL = """import torch


def kl_divergence(p, q):
    p = p / p.sum(dim=-1)
    q = q / q.sum(dim=-1)
    q = q + 1e-8
    return (p * torch.log(p / q)).sum(dim=-1)
"""
EPS = ("    q = q + 1e-8\n", "")


def kl(*changes):
    """The pages and lines of the program with these changes, judged on; and the notes."""
    _, found = further(*changes, text=KL)
    return [(one.mistake, one.line) for one in found.findings if one.mistake], [one.note for one in found.findings]


def test_what_follows_a_sum_whose_shape_does_not_fit():
    assert kl()[0] == [("kl_divergence/no-keepdim", 5), ("kl_divergence/eps-inside-the-log", 7)]
    pages = [page for page, _ in kl(EPS, ("(p * torch", "(q * torch"))[0]]
    assert {*pages} >= {"kl_divergence/no-keepdim", "kl_divergence/weighted-by-q"}
    assert len(pages) == len({*pages})


def test_nothing_is_said_of_a_sum_whose_shape_alone_was_wrong():
    right = "(torch.xlogy(p, p) - torch.xlogy(p, q)).sum(dim=-1)"
    found, notes = kl(EPS, ("(p * torch.log(p / q)).sum(dim=-1)", right))
    assert found == [("kl_divergence/no-keepdim", 5)]
    assert "past the stop" not in notes
