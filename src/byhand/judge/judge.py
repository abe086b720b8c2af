"""Judges a program: each definition runs in a sandbox and gets its verdict; a sandbox that has ended is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from time import perf_counter, process_time
from typing import Any

from byhand.judge.budget import Budget, OutOfTime
from byhand.judge.diagnosis.attempt import Kept
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.loading import Loaded, load
from byhand.judge.mending.acceptance import TO_MEND
from byhand.judge.mending.edited import as_written, fixed
from byhand.judge.mending.naming import named
from byhand.judge.mending.past_the_stop import judged_on
from byhand.judge.mending.search import Search
from byhand.judge.model import LATE, VERDICTS, Allowance, Definition, Finding, Fix, Judgement, Program, Report, Verdict
from byhand.judge.phrases import Phrase, of_sandbox
from byhand.judge.prose.judging import Reading, read_text
from byhand.judge.reading.methods import methods
from byhand.judge.reading.needs import meanings
from byhand.judge.reading.unwritten import unwritten
from byhand.judge.remembered import Remembered
from byhand.judge.session import Answer, Request, Session
from byhand.judge.task import GUESS, Task
from byhand.judge.tasks import task as task_of
from byhand.judge.tasks import tasks
from byhand.sandbox import Reason, Sandbox, Stopped
from byhand.sandbox.older_names import gone
from byhand.sandbox.outcome import Kind
from byhand.sandbox.wire import BadFrame

__all__ = ["Judge", "candidates", "judge"]

LOADING = 20.0
"""Seconds for a program's imports; importing torch.optim.Optimizer alone takes one or two."""
TRIED, SURE = 0.5, 0.9
"""How sure a task must be of a definition to be tried, and to be the only one."""
GOOD = ("right", "convention", "library", "fragile")
"""Verdicts that no other task's answer can make worse."""
METHODS = {"forward", "step", "update", "call", "__call__", "loss", "backward"}
"""Names of methods that hold the formula of a class."""


def judge(
    program: Program,
    *,
    names: Mapping[str, str] | None = None,
    trust: bool = False,
    allowed: Allowance | None = None,
    seed: int | None = None,
    mend: bool = False,
    on_judgement: Callable[[Judgement], None] | None = None,
) -> Report:
    """Judge every definition of a program; ``names`` says which task a definition is, by its name.

    ``seed`` determines the inputs; by default it comes from the file's bytes, so the same file gets the same report.
    With ``mend``, what makes a wrong definition right is looked for.
    """
    with Judge(trust=trust, allowed=allowed) as judge:
        return judge.judge(program, names=names, seed=seed, mend=mend, on_judgement=on_judgement)


class Judge:
    """Keeps one sandbox ready, so that the next program does not wait for torch.

    With ``remember``, definitions that have not changed since the last program are not judged again.
    """

    def __init__(self, *, trust: bool = False, allowed: Allowance | None = None, remember: bool = False) -> None:
        self._trust = trust
        self._remembered = Remembered() if remember else None
        self._allowed = allowed or Allowance()
        self._budget = Budget(self._allowed)
        self._sandbox: Sandbox | None = Sandbox(trust=trust)
        self._layers: tuple[str, ...] = ()
        self._seed = 0
        self._ran = 0.0
        self._lost: set[str] = set()
        self._kept: Kept = {}
        self._kept_of: tuple[object, object] = (None, None)

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the sandbox."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None

    @property
    def sandbox(self) -> Sandbox:
        """The current sandbox, or a new one."""
        if self._sandbox is None:
            self._sandbox = Sandbox(trust=self._trust)
        return self._sandbox

    def judge(
        self,
        program: Program,
        *,
        names: Mapping[str, str] | None = None,
        seed: int | None = None,
        mend: bool = False,
        aside: bool = False,
        on_judgement: Callable[[Judgement], None] | None = None,
    ) -> Report:
        """Judge every definition. Raises Stopped("not sealed") if nothing can be run safely.

        A program that is judged ``aside``, such as one with its fixes, makes nothing be forgotten of the last one.
        """
        start = perf_counter()
        judgements = []
        self._seed = program.seed if seed is None else seed
        self._layers = ()
        self._budget = Budget(self._allowed)
        self._lost = {name for problem in program.problems for name in problem.lost}
        if self._remembered is not None and not aside:
            self._remembered.begin()
        with _one_thread():
            for definition in program.definitions:
                for judgement in self._judgements(definition, names or {}):
                    if mend and judgement.verdict in TO_MEND and judgement.task:
                        judgement = self._mended(program, judgement)
                    judgements.append(judgement)
                    if on_judgement is not None:
                        on_judgement(judgement)
            text = _text(program, judgements)
        self.close()  # a learner's program may have patched libraries; the next program needs a clean process
        seconds = perf_counter() - start
        judgements += text.judgements
        told = (self._layers, self._trust, seconds, self._allowed, self._seed)
        return Report(program, tuple(judgements), *told, formulas=text.right)

    def _judgements(self, definition: Definition, names: Mapping[str, str]) -> list[Judgement]:
        """The judgement of a definition; for a class that is none of the seven, those of its methods that are."""
        name = names.get(definition.name)
        known = self._remembered.recall(definition, name) if self._remembered is not None else None
        judgement = known or self._definition(definition, name)
        if judgement.verdict != "unrecognised":
            if self._remembered is not None and known is None and judgement.stopped not in LATE:
                self._remembered.keep(definition, name, judgement)
            return [judgement]
        inner = [
            self._definition(method, names.get(method.name))
            for method in methods(definition)
            if not method.name.startswith("_") or any(task.bears(method.name) for task in tasks())
        ]
        return [found for found in inner if found.verdict != "unrecognised"] or [judgement]

    def _definition(self, definition: Definition, name: str | None) -> Judgement:
        """The best judgement of the tasks that the definition may be."""
        unrecognised = Judgement(definition, "unrecognised")
        if unwritten(definition.node) and not (definition.is_class and self._lost & METHODS):  # whose body may be lost
            task = next((task for task in tasks() if task.name == name or task.bears(definition.name)), None)
            return Judgement(definition, "todo", task.name) if task else unrecognised
        tried = candidates(definition, name)
        if not tried:
            return _refused(definition) or unrecognised
        self._budget.begin()
        every = [self._tried(task, definition) for task in tried]
        found = min(every, key=_rank, default=unrecognised)
        late = next((judgement for judgement in every if judgement.stopped in LATE), None)
        if late is not None and found.verdict not in GOOD:
            found = late  # a task that ran out of time may be the right one
        sure = 1.0 if name else max((task.recognises(definition) for task in tried), default=0.0)
        if found.verdict == "unrecognised" and found.stopped not in LATE and sure < SURE:
            return unrecognised
        doubtful = name is None and any(task.doubtful(definition) for task in tried)
        guessed = found.verdict in ("unknown", "stopped") or found.stopped in LATE or _mistakes(found) > 1
        return unrecognised if (doubtful or sure <= GUESS) and guessed else found

    def _requests(self, items: Sequence[Request]) -> list[Answer]:
        """Send requests within the time that is left. Starting a sandbox does not count."""
        self._budget.check()
        sandbox, begun = self.sandbox, perf_counter()
        sandbox.ready()
        self._layers = sandbox.layers or self._layers
        self._budget.grant((ready := perf_counter()) - begun)
        usual = LOADING if any(header["op"] == "load" for header, _ in items) else sandbox.limits.seconds
        left = self._budget.left
        try:
            answers = sandbox.requests(items, seconds=max(min(usual, left), 0.0))
        except Stopped as stop:
            if stop.kind == "too slow" and left < usual:
                raise OutOfTime from None
            raise
        finally:
            self._budget.waited += perf_counter() - ready
        for (header, _), (answer, _) in zip(items, answers, strict=True):
            if header["op"] == "put" and not answer["ok"]:  # memory is used up, or the program broke a library
                kind: Kind = "too much memory" if answer["memory"] else "gone"
                raise Stopped(kind, Reason("inputs", {"error": f"{answer['error']}: {answer['message']}"}))
        return answers

    def _tried(self, task: Task[Any], definition: Definition) -> Judgement:
        loaded: Loaded | None = None
        try:
            session = Session(self._requests, self._budget.check)
            loaded = load(session, definition)
            if loaded.reply.ok:
                self._kept, self._kept_of = {}, (task.name, definition)
                judgement = diagnose(task, session, definition, self._seed, self._kept)
                with suppress(OutOfTime):
                    judgement = judged_on(task, session, judgement, self._seed)
            else:
                outcome, line = loaded.reply.outcome, loaded.reply.line
                stopped, detail = outcome.kind, outcome.sentence
                judgement = Judgement(definition, "stopped", task.name, stopped=stopped, detail=detail, line=line)
            replaced = ", ".join(loaded.replaced(definition))
            failed = judgement.stopped in ("error", "not called") and task.bears(definition.name)
            if failed and (name := loaded.lacks(definition)) is not None:
                lacks = f"NameError: name {name.id!r} is not defined"
                judgement = replace(judgement, verdict="stopped", detail=lacks, line=name.lineno)
            error = judgement.detail if isinstance(judgement.detail, str) else ""
            if judgement.verdict == "stopped" and (replaced or loaded.blocks(error)):
                judgement = replace(judgement, verdict="blocked", stopped="missing")
            notes = (
                ("stand-in", replaced),
                ("not imported", ", ".join(loaded.given(definition))),
                ("older name", ", ".join(gone(definition.node, meanings(definition.statements)))),
            )
            told = [Finding("", "note", note=note, detail={"names": names}) for note, names in notes if names]
            why = loaded.why(error) if error else judgement.detail
            return replace(judgement, detail=why, findings=(*judgement.findings, *told))
        except Stopped as stop:
            self.close()
            if stop.kind == "not sealed":
                raise
            if stop.kind == "too slow" and loaded is None:  # imports take long on a busy machine
                return Judgement(definition, "unrecognised", task.name, stopped="no answer in time")
            verdict: Verdict = "ours" if stop.kind == "ours" else "stopped"
            return Judgement(definition, verdict, task.name, stopped=stop.kind, detail=of_sandbox(stop.reason))
        except OutOfTime:
            self.close()
            return self._late(task, definition)
        except BadFrame:  # names too long for any request
            return Judgement(definition, "unrecognised", task.name, stopped="no way", detail=definition.name[:60])
        except Exception as error:
            self.close()
            return Judgement(definition, "ours", task.name, stopped="ours", detail=f"{type(error).__name__}: {error}")

    def _mended(self, program: Program, judgement: Judgement) -> Judgement:
        """The judgement with what makes the definition right, if its lines are as the learner wrote them."""
        if judgement.stopped not in ("", "error"):  # it would take its time, or end its sandbox, again and again
            return replace(judgement, fix=Fix())
        self._budget.begin()
        self._ran = 0.0
        task, mine = task_of(judgement.task), self._kept_of == (judgement.task, judgement.definition)
        kept = self._kept if mine else {}
        search = Search(task, self._ended, judgement, self._seed, kept, lambda: process_time() + self._ran)
        try:
            mended = search.run()
            if mended is None:
                return replace(judgement, fix=Fix(late=search.late))
            fix = as_written(fixed(judgement, mended), program.lines)
            if fix is None:
                return replace(judgement, fix=Fix())
            session = Session(self._ended, self._budget.check)
            with suppress(OutOfTime, Stopped):
                judgement = named(task, session, judgement, mended, self._seed, kept)
            return replace(judgement, fix=fix)
        except (OutOfTime, Stopped, BadFrame):
            self.close()
            return replace(judgement, fix=Fix(late=True))
        except Exception:  # a program that no mend foresees: it stays as it is
            self.close()
            return replace(judgement, fix=Fix())

    def _ended(self, items: Sequence[Request]) -> list[Answer]:
        """Send requests; a sandbox that does not answer is closed, so that the next requests get another."""
        try:
            answers = self._requests(items)
        except (Stopped, OutOfTime):
            self.close()
            raise
        self._ran += sum(answer.get("seconds", 0.0) for answer, _ in answers)
        return answers

    def _late(self, task: Task[Any], definition: Definition) -> Judgement:
        """The judgement when time has run out: a mistake only if the learner's program used the time."""
        if self._budget.file_over:
            return Judgement(definition, "unrecognised", task.name, stopped="no time")
        if not self._budget.learners:
            return Judgement(definition, "unrecognised", task.name, stopped="no answer in time")
        detail = Phrase("all calls", {"seconds": f"{self._allowed.definition:g}"})
        return Judgement(definition, "stopped", task.name, stopped="too slow", detail=detail)


def _text(program: Program, judged: Sequence[Judgement]) -> Reading:
    """What the program's text says of the seven; nothing if it can't be read."""
    try:
        return read_text(program, judged)
    except Exception:  # a text that no reader foresees: the code is judged all the same
        return Reading((), 0)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Use one thread for the formulas: on so few numbers, threads would only wait for each other."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def candidates(definition: Definition, name: str | None = None) -> list[Task[Any]]:
    """The tasks that a definition may be, likely ones first; only ``name`` if the user gave it."""
    if name is not None:
        return [task_of(name)]
    sure = sorted(((task.recognises(definition), task) for task in tasks()), key=lambda pair: -pair[0])
    if sure[0][0] >= SURE:
        return [sure[0][1]]
    return [task for confidence, task in sure if confidence >= TRIED]


def _refused(definition: Definition) -> Judgement | None:
    """Of a definition that no task knows how to call, what is said of it if its name says which it is."""
    reasons = ((task.name, task.refusal(definition)) for task in tasks())
    found = next(((name, reason) for name, reason in reasons if reason), None)
    return found and Judgement(definition, "unrecognised", found[0], stopped="no way", detail=found[1])


def _mistakes(judgement: Judgement) -> int:
    """How many pages make it mistaken."""
    named = {finding.mistake for finding in judgement.findings if finding.kind == "mistake" and not finding.edge}
    return len(named) if judgement.verdict == "mistaken" else 0


def _rank(judgement: Judgement) -> tuple[int, int]:
    order = ("right", "convention", "library", "fragile", "mistaken", "unknown", "stopped", "blocked", "ours", "todo")
    assert {*order, "unrecognised"} == set(VERDICTS)
    return (*order, "unrecognised").index(judgement.verdict), len(judgement.findings)
