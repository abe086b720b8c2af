"""The wrong programs of the suite, and which of them ``--fix`` makes right."""

from dataclasses import dataclass
from pathlib import Path

from byhand.judge.diagnosis.clinic import page
from byhand.judge.judge import Judge
from byhand.judge.reading.notebook import read
from byhand.judge.reading.rewritten import rewritten
from byhand.judge.reporting.difference import changes

HERE = Path(__file__).parents[1] / "judge"
GOOD = ("right", "convention", "library")
TO_MEND = ("mistaken", "fragile", "stopped", "unknown")


@dataclass(frozen=True)
class Result:
    """What became of a program."""

    file: str
    verdict: str
    kind: str
    """Of the page that its first line names: "one line", "two lines", …, "found by a probe", "no page"."""
    page: str
    mended: bool
    seconds: float


def programs(folder):
    """The files of a folder of learners' programs."""
    return sorted((HERE / folder).glob("*/*.py"))


def kind_of(name):
    """How much of the formula a page changes."""
    if "/" not in name:
        return "an edge without a page" if name else "no page"
    found = page(name)
    if not found.line:
        return "found by a probe"
    return {1: "one line", 2: "two lines"}.get(found.line.count("\n") + 1, "more lines")


def result(file):
    """Judge a program with mends, and the mended file again; it is trusted: it is ours."""
    file = Path(file)
    data = file.read_bytes()
    verdict, *pages = data.decode().partition("\n")[0].removeprefix("# expect: ").split() or ["right"]
    names = [name for name in pages if "/" in name and page(name).kind == "mistake"] or pages or [""]
    with Judge(trust=True) as judge:
        report = judge.judge(read(data, file.name), mend=True)
        found = changes(report)
        done = bool(found)
        if found:
            again = judge.judge(read(rewritten(data, file.name, found), file.name), seed=report.seed)
            done = all(one.verdict in GOOD for one in again.judgements if one.task)
    name = f"{file.parent.name}/{file.stem}"
    return Result(name, verdict, kind_of(names[0]), names[0], done, report.seconds)
