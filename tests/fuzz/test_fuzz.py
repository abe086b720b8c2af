"""A thousandth of ``make fuzz``, and a test that it would find faults."""

import pytest

from byhand.judge.judge import Judge
from byhand.judge.model import Judgement
from byhand.judge.reading.notebook import read
from fuzz import __main__ as fuzz
from fuzz import command, hostile, mutants

SEED = 7


@pytest.mark.parametrize(("by", "count"), [(fuzz.by_programs, 2), (fuzz.by_command, 1), (fuzz.by_reader, 3)])
def test_a_draw_has_no_fault(by, count):
    results = list(by(SEED, count))
    assert len(results) >= count
    assert [(what, faults) for what, faults in results if faults] == []


def test_bases_are_right():
    with Judge(allowed=fuzz.ALLOWED) as judge:
        for name, source in mutants.BASES.items():
            judgement, _ = fuzz.judged(judge, source)
            assert judgement.verdict in fuzz.GOOD, name
            assert judgement.task == name.partition("/")[0], name
        for program in hostile.programs(SEED, 2):
            assert program.act in program.source


def test_mutants_that_compute_something_else_are_known():
    found = list(mutants.mutants(SEED, 40))
    assert len({mutant.source for mutant in found}) == 40
    assert any(mutant.same for mutant in found)
    assert sum(not mutant.same for mutant in found) > 20


def test_what_must_not_be_is_seen():
    definition = read(mutants.BASES["sgd/torch"].encode(), "a.py").definitions[0]
    wrong = Judgement(definition, "right", "sgd")
    assert list(fuzz.faults_of(wrong, 0.0, ())) == ["a wrong program is called right"]
    assert list(fuzz.faults_of(wrong, 0.0, fuzz.GOOD)) == []
    assert list(fuzz.faults_of(Judgement(definition, "ours", detail="x"), 0.0, ())) == ["`ours`: x"]
    assert list(fuzz.faults_of(Judgement(definition, "unknown"), 99.0, ())) == ["it took 99 seconds"]
    trouble = b"Traceback (most recent call last)\n\x1b[31m"
    run = command.Run("a.py", ["--json"], {}, "", b"", 1, b"{", trouble, 99.0)
    assert set(run.faults) == {"a traceback", "a control character", "no end", "no JSON"}


def test_a_changed_program_that_does_not_end_is_left_out(monkeypatch):
    monkeypatch.setattr(mutants, "SECONDS", 0.2)
    assert mutants._numbers("roc_auc/ranks", "def auc(y, s):\n    while True:\n        y = y\n") is None
