"""An exam: a drawn paper of exercises and bug hunts, with a clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from random import Random

from byhand.practice.exercises import Exercise, exercise, exercises
from byhand.practice.hunts.drawing import Hunt, hunt, hunts
from byhand.practice.judging import Mark

__all__ = ["Paper", "draw_paper", "with_result"]


HUNT = "hunt:"
"""What begins an item that is a hunt; its token follows."""


@dataclass(frozen=True)
class Paper:
    """The questions of an exam, and when it began."""

    seed: int
    minutes: float
    started: float
    """Seconds since 1970."""
    library: str
    items: tuple[str, ...]
    """Ids of exercises, or "hunt:" and the token of a hunt."""

    def left(self, now: float) -> float:
        """Seconds until the end; at least 0."""
        return max(0.0, self.started + 60 * self.minutes - now)

    def question(self, item: str) -> Exercise | Hunt:
        """The exercise or the hunt of an item."""
        return hunt(item.removeprefix(HUNT)) if item.startswith(HUNT) else exercise(item)

    def as_json(self) -> str:
        """The paper as text, for :meth:`of_json`."""
        return json.dumps(asdict(self))

    @staticmethod
    def of_json(text: str) -> Paper:
        """The paper of a text."""
        table = json.loads(text)
        return Paper(**{**table, "items": tuple(table["items"])})


def draw_paper(n: int, minutes: float, library: str, seed: int, started: float) -> Paper:
    """Draw ``n`` questions: exercises and hunts by turns, of different formulas as far as they go.

    Raises:
        ValueError: there are not so many questions.
    """
    rng = Random(seed)
    written = rng.sample(exercises(), len(exercises()))
    hunted = list(hunts(library=library))
    if not 1 <= n <= len(written) + len(hunted):
        raise ValueError(f"`n` of `draw_paper` must be from 1 to {len(written) + len(hunted)}, got {n}.")
    rng.shuffle(hunted)
    asked: list[Exercise | Hunt] = []
    while len(asked) < n:
        pool: list[Exercise | Hunt] = [*written] if (len(asked) % 2 == 0 and written) or not hunted else [*hunted]
        counts = [one.formula for one in asked]
        chosen = min(pool, key=lambda one: counts.count(one.formula))
        (written if isinstance(chosen, Exercise) else hunted).remove(chosen)  # type: ignore[arg-type]
        asked.append(chosen)
    asked.sort(key=lambda one: isinstance(one, Hunt))
    return Paper(
        seed,
        minutes,
        started,
        library,
        tuple(HUNT + one.token if isinstance(one, Hunt) else one.id for one in asked),
    )


def with_result(kept: str | None, started: float, minutes: float, marks: Mapping[str, Mark]) -> str:
    """The text under :data:`progress.EXAMS` with the result of one more exam, whose ``marks`` are given by item."""
    questions = [{"question": item, "verdict": mark.verdict, "done": mark.done} for item, mark in marks.items()]
    score = sum(mark.done for mark in marks.values())
    result = {"at": started, "minutes": minutes, "score": score, "questions": questions}
    return json.dumps([*json.loads(kept or "[]"), result])
