"""Time and memory that a check may take: for a definition, for a file, and for what a program hands back."""

import resource
import time

import pytest

from byhand.judge.judge import judge
from byhand.judge.model import Allowance
from byhand.judge.reading.notebook import read
from byhand.judge.reporting.report import exit_code, sections

RIGHT = """
import numpy as np

def {name}(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean()
"""
SLEEPER = """
import time

def {name}(logits, labels):
    time.sleep({seconds})
    raise ValueError("no")
"""


def verdicts(source, **allowed):
    report = judge(read(source.encode(), "a.py"), allowed=Allowance(**allowed))
    return report, {j.definition.name: (j.verdict, j.stopped) for j in report.judgements}


def test_a_program_that_sleeps_and_fails_is_called_until_its_time_is_up():
    source = SLEEPER.format(name="cross_entropy", seconds=0.4) + RIGHT.format(name="softmax_cross_entropy")
    begun = time.perf_counter()
    report, seen = verdicts(source, definition=3.0)
    assert seen["cross_entropy"] == ("stopped", "too slow")
    told = {lang: next(s.stopped for s in sections(report, lang) if s.stopped) for lang in ("en", "zh")}
    assert "All calls together took more than 3 seconds." in told["en"]
    assert "全部调用加起来超过了 3 秒。" in told["zh"]
    assert seen["softmax_cross_entropy"] == ("right", "")
    assert time.perf_counter() - begun < 60  # forty calling conventions, of 0.4 seconds or more, on many probes


def test_statements_that_fail_slowly_are_not_left_out_one_by_one_for_ever():
    slow = "".join(f"class A{i}:\n    import time\n    time.sleep(1)\n    raise OSError\n" for i in range(20))
    begun = time.perf_counter()
    _, seen = verdicts(slow + RIGHT.format(name="cross_entropy"), definition=3.0)
    assert seen["cross_entropy"][1] in ("too slow", "no answer in time")
    assert time.perf_counter() - begun < 60


def test_what_is_behind_the_end_of_a_files_time_is_not_judged_and_nobodys_mistake():
    source = "".join(SLEEPER.format(name=f"cross_entropy_{i}", seconds=0.5) for i in range(4))
    source += RIGHT.format(name="cross_entropy")
    report, seen = verdicts(source, definition=2.0, file=5.0)
    assert seen["cross_entropy"] == ("unrecognised", "no time")
    last = list(sections(report, "en"))[-1]
    assert last.stopped.startswith("Not checked: the 5 seconds")
    assert "5 秒" in list(sections(report, "zh"))[-1].stopped
    none = judge(read(RIGHT.format(name="cross_entropy").encode(), "a.py"), allowed=Allowance(file=0.0))
    assert [judgement.stopped for judgement in none.judgements] == ["no time"]
    assert exit_code(none) == 2


def test_a_definition_that_takes_the_judge_long_is_not_called_a_mistake(monkeypatch):
    def slow(*args):
        time.sleep(0.6)
        args[1].check()

    monkeypatch.setattr("byhand.judge.judge.diagnose", slow)
    report, seen = verdicts(RIGHT.format(name="cross_entropy"), definition=0.5)
    assert seen == {"cross_entropy": ("unrecognised", "no answer in time")}
    assert "0.5 seconds" in next(sections(report)).stopped
    assert exit_code(report) == 2


@pytest.mark.parametrize(
    "result", ["np.zeros((1 << 22,)) for _ in range(6)", "np.zeros((1 << 12, 9)) for _ in range(60)"]
)
def test_large_results_are_refused_by_their_announced_size(result):
    source = f"import numpy as np\n\ndef cross_entropy(logits, labels):\n    return [{result}]\n"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _, seen = verdicts(source)
    assert seen["cross_entropy"][0] != "ours"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10  # KiB
