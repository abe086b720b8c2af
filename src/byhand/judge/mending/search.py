"""Searches for the smallest set of mends after which the judge calls a program right.

It is a best-first search. Each step adds one mend and runs the changed program, which gets a level by its results: how
many known mistakes explain them, then at how many edges it fails. A step that improves nothing is not continued
(:meth:`Search._better`). A program ends the search only if a full judgement calls it right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import process_time
from typing import Any

from byhand.judge.budget import OutOfTime
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Kept
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.diagnosis.spot import line_of
from byhand.judge.loading import load
from byhand.judge.mending.acceptance import MENDED, MISREAD, has_new_convention, is_mended
from byhand.judge.mending.edited import Mended, after
from byhand.judge.mending.frontier import Frontier
from byhand.judge.mending.levels import Levels
from byhand.judge.mending.successors import successors
from byhand.judge.mending.text import without
from byhand.judge.mending.version import COUNTABLE, EXCHANGED, UNKNOWN, Version
from byhand.judge.model import Finding, Judgement
from byhand.judge.session import Ask, Session
from byhand.judge.task import Task
from byhand.sandbox import Stopped
from byhand.sandbox.stand_ins import USUAL

SECONDS = 3.0
"""Processor seconds for the search in one definition."""
LONGER = 0.7
"""Processor seconds for which the search goes on after a first result, to find one with fewer mends."""
NOWHERE = 10
"""What one mend costs after which the results are as unexplained as before, as if so many mistakes were left."""
MOST, BEYOND = 4, 2
"""At most so many mends are made in one definition; or so many more than mistakes are named in it."""
CRASHES = 1
"""The search ends when more changed programs than this have ended their sandbox."""


class Search:
    """The search in one definition. ``kept`` has earlier predictions; ``clock`` gives processor seconds."""

    def __init__(
        self,
        task: Task[Any],
        ask: Ask,
        judgement: Judgement,
        seed: int,
        kept: Kept | None = None,
        clock: Callable[[], float] = process_time,
    ) -> None:
        self.task, self._ask, self.judgement, self.seed = task, ask, judgement, seed
        self._clock, self._until = clock, clock() + SECONDS
        self._kept: Kept = {} if kept is None else kept
        self._levels = Levels(task, judgement, seed, self._kept, self._check)
        self._texts = {judgement.definition.program}
        self._frontier = Frontier()
        self._found: Mended | None = None
        self._fallback: Mended | None = None
        self._crashes = 0
        self._misread = ""
        self.late = False

    def run(self) -> Mended | None:
        """The best set of mends; None if none was found. ``late`` then tells whether time ran out."""
        try:
            self._search()
        except OutOfTime:
            self.late = self._found is None
        return self._found or self._fallback

    def _session(self) -> Session:
        return Session(self._ask, self._check)

    def _check(self) -> None:
        if self._clock() > self._until:
            raise OutOfTime

    def _search(self) -> None:
        """Try versions, the best first, until none is left, or time is over; :attr:`_found` is the best result."""
        self._begin(self._start())
        while self._frontier:
            branch = self._frontier.pop()
            if self._found is not None and self._no_better(branch.version):
                continue
            self._check()
            version = next(branch.rest, None)
            if version is None:
                continue
            self._frontier.push(branch.version, branch.length, branch.rest, branch.tries + 1)
            if not self._tried(version, branch.version):
                continue
            if done := self._done(version):
                self._found = self._smaller(done)
                self._until = min(self._until, self._clock() + LONGER)  # to find one with fewer mends
            elif self._may_continue(version):
                self._begin(version)

    def _start(self) -> Version:
        """The original, with its level: as many mistakes as the judge has named, if it has named them all."""
        definition = self.judgement.definition
        # Usual modules count as available: the file may import them although the definition did not use them.
        definition = replace(definition, left=definition.left - USUAL.keys())
        start, named = Version(definition, (), judgement=self.judgement), self._levels.named
        session = self._session()
        if load(session, start.definition).reply.ok:
            self._levels.begin(start, session)
        if start.level[0] != 0:
            countable = self.judgement.verdict == "mistaken" and len(named) <= COUNTABLE
            start.level = (len(named) if countable else UNKNOWN, 0)
            start.pages = tuple(sorted(named)) if countable else ()
        elif start.level != (0, 0) and any(
            one.mistake.endswith(MISREAD) and not one.edge for one in self.judgement.findings
        ):
            start.level, self._misread = (1, 0), start.arguments
        start.worth = start.level
        return start

    def _begin(self, version: Version) -> None:
        """Put the successors of a version on the frontier."""
        self._frontier.push(version, len(version.chain), self._successors(version, own=True))
        if version.level != (0, 0):  # mends for other pages come after those of programs with one more mend
            self._frontier.push(version, len(version.chain) + 1.5, self._successors(version, own=False))

    def _no_better(self, version: Version) -> bool:
        """Whether no successor of a version can be better than the result that was found, or time is over."""
        assert self._found is not None
        return self._clock() > self._until or len(version.chain) + 1 >= len(self._found.chain)

    def _may_continue(self, version: Version) -> bool:
        """Whether successors of a version that is not right are tried."""
        known = version.judgement
        if known and (known.verdict in MENDED or _count(known) >= _count(self.judgement)):
            return False
        return len(version.chain) < max(MOST, len(self._levels.named) + BEYOND)

    def _tried(self, version: Version, before: Version) -> bool:
        """Run a version; returns whether the search goes on with it."""
        try:
            session = self._session()
            if not load(session, version.definition).reply.ok:
                return False
            self._levels.assign(version, session, before)
            if not self._better(version, before):
                return False
            version.worth = min(version.level, before.worth)
            if version.level == before.level == (UNKNOWN, 0):
                version.worth = (before.worth[0] + NOWHERE, 0)
            if version.level == (0, 0):
                version.judgement = diagnose(self.task, session, version.definition, self.seed, self._kept)
        except Stopped as stop:
            self._crashes += 1
            if stop.kind == "not sealed" or self._crashes > CRASHES:
                raise OutOfTime from None
            return False
        return True

    def _done(self, version: Version) -> Mended | None:
        """The result, if the judge calls the version right under no convention that is new; else None."""
        judgement = version.judgement
        if judgement is None or not is_mended(self.judgement, judgement):
            return None
        done = Mended(version.definition, version.chain, judgement)
        if not has_new_convention(self.judgement, judgement):
            return done
        if self.judgement.verdict in ("unknown", "stopped"):  # for these the judge reports no conventions at all
            self._fallback = self._fallback or done
        return None

    def _smaller(self, done: Mended) -> Mended:
        """The same without mends that are not needed, as far as time allows."""
        try:
            for i in range(len(done.chain) if len(done.chain) > 1 else 0):
                steps = [mend.edits for mend in done.chain]
                text = without(self.judgement.definition.program, steps, i, done.definition.program)
                definition = text and after(self.judgement.definition, text)
                if not definition:
                    continue
                version = Version(definition, (*done.chain[:i], *done.chain[i + 1 :]))
                if self._tried(version, Version(definition, (), level=(0, 1))) and (less := self._done(version)):
                    return self._smaller(less)
        except OutOfTime:
            pass
        return done

    def _better(self, version: Version, before: Version) -> bool:
        """Whether a version is enough of an improvement to go on with it."""
        if self._misread and version.arguments == self._misread:
            return False
        hidden = before.level == (0, 0)  # right on all probes: its mistake shows only in a full judgement
        if version.level < before.level or (hidden and version.level == before.level):
            return True
        if 0 < version.level[0] == before.level[0] <= EXCHANGED and version.own:
            return bool(version.pages) and not set(before.pages) <= set(version.pages)  # a different mistake instead
        if version.level[0] == before.level[0] == 0 and version.own:
            return not set(before.failing) <= set(version.failing)  # at least one edge that failed no longer does
        return version.level[0] == before.level[0] == UNKNOWN and len(version.chain) < 2

    def _successors(self, version: Version, own: bool) -> Iterator[Version]:
        """The versions with one more mend. The version is judged when the first of them is asked for."""
        if version.judgement is None:
            version.judgement = self._judgement(version)
        yield from successors(self.task.name, version, version.judgement, own, self._texts)

    def _judgement(self, version: Version) -> Judgement:
        """The judgement of a version; by the pages that explain it, if there are any mistakes on ordinary input."""
        if version.level[0] > 0:
            known = [clinic.page(id) for id in version.pages]
            named = tuple(Finding(page.id, "mistake", line_of(version.definition, page)) for page in known)
            return Judgement(version.definition, "unknown", self.task.name, findings=named)
        session = self._session()
        load(session, version.definition)
        return diagnose(self.task, session, version.definition, self.seed, self._kept)


def _count(judgement: Judgement) -> int:
    return sum(finding.kind in ("mistake", "edge") for finding in judgement.findings)


__all__ = ["SECONDS", "Mended", "Search"]
