"""The wrong programs of the suite, and which of them ``--fix`` makes right. They run in this process: they are ours."""

import warnings
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from time import process_time

import torch

from byhand.judge.diagnosis.clinic import page
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.judge import candidates
from byhand.judge.loading import load
from byhand.judge.mending.acceptance import MENDED, TO_MEND
from byhand.judge.mending.edited import fixed
from byhand.judge.mending.naming import named
from byhand.judge.mending.search import Search
from byhand.judge.model import VERDICTS, Judgement
from byhand.judge.reading.methods import methods
from byhand.judge.reading.notebook import read
from byhand.judge.reading.rewritten import patches, rewritten
from byhand.judge.session import Session
from byhand.sandbox.machine import Machine

HERE = Path(__file__).parents[1] / "judge"


@dataclass(frozen=True)
class Result:
    """What became of a program."""

    file: str
    verdict: str
    kind: str
    """Of the page that its first line names: "one line", "two lines", …, "found by a probe", "no page"."""
    page: str
    mended: bool
    """Whether the changed file is judged right."""
    changed: bool
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


@cache
def machine():
    torch.set_num_threads(1)
    return Machine()


def judged(data, name, seed, predictions=None):
    """The best judgement of the definitions of a program, and its task; ``predictions`` is filled, by task."""
    best, predictions = None, {} if predictions is None else predictions
    for outer in read(data, name).definitions:
        for definition in (outer, *methods(outer)):
            for task in candidates(definition):
                session = Session(machine().requests)
                reply = load(session, definition).reply
                if reply.ok:
                    kept = predictions.setdefault(task.name, {})
                    found = task, diagnose(task, session, definition, seed, kept)
                else:
                    found = task, Judgement(definition, "stopped", task.name, stopped="error", line=reply.line)
                best = min(best or found, found, key=lambda pair: VERDICTS.index(pair[1].verdict))
    return best


def fix_of(data, name, seed=5):
    """The judgement of a program, the changed file, and the judgement of that one; None if nothing is changed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what learners' programs do
        predictions = {}
        task, judgement = judged(data, name, seed, predictions)
        if judgement.verdict not in TO_MEND:
            return judgement, data, None
        kept = predictions.setdefault(task.name, {})
        mended = Search(task, machine().requests, judgement, seed, kept).run()
        if mended is None:
            return judgement, data, None
        program = read(data, name)
        fix = fixed(judgement, mended)
        assert all(program.lines[one.first - 1 : one.last] == one.old for one in fix.lines)
        judgement = named(task, Session(machine().requests), judgement, mended, seed, kept)
        new = rewritten(data, name, patches(program, [fix]))
        return replace(judgement, fix=fix), new, judged(new, name, seed)[1]


def names_of(text, seed=5):
    """The pages and lines that are named once a program's mends are known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        task, judgement = judged(text.encode(), "x.py", seed)
        search = Search(task, machine().requests, judgement, seed)
        mended = search.run()
        if mended is None:
            return set()
        found = named(task, Session(machine().requests), judgement, mended, seed, {})
        return {(one.mistake, one.line) for one in found.findings if one.mistake}


def expected(file):
    """The verdict and the pages of a program's first line."""
    verdict, *pages = Path(file).read_text("utf-8").partition("\n")[0].removeprefix("# expect: ").split() or ["right"]
    return verdict, pages


def first_page(file):
    """The page of a program's mistake, "" if it has none, or is right under another convention."""
    verdict, pages = expected(file)
    found = [name for name in pages if "/" in name and page(name).kind == "mistake"]
    return found[0] if found and verdict in TO_MEND else ""


def result(file):
    """Judge a program with mends, and the changed file again."""
    file = Path(file)
    data = file.read_bytes()
    verdict, pages = expected(file)
    name = first_page(file) or (pages or [""])[0]
    begun = process_time()
    _, _, after = fix_of(data, file.name)
    done = after is not None and after.verdict in MENDED
    return Result(
        f"{file.parent.name}/{file.stem}", verdict, kind_of(name), name, done, after is not None, process_time() - begun
    )
