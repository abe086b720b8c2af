"""``byhand practice`` and ``byhand practice --list``: what is done, and what is next."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from byhand.cli._practice.counting import standing
from byhand.cli._terminal import console
from byhand.cli._texts import say, spoken
from byhand.practice.exercises import Exercise, exercises, next_exercise
from byhand.practice.progress import Progress


def show_list(progress: Progress) -> None:
    """Print the exercises in learning order."""
    out, lang = console(), spoken()
    done, tried, following = progress.done(), progress.tried(), next_exercise(progress.done())
    ids = max(len(one.id) for one in exercises()) + 2
    titles = max(cell_len(one.title(lang)) for one in exercises()) + 2
    for one in exercises():
        sign, style = ("✓", "green") if done.get(one.id) else ("✗", "red") if one.id in tried else ("·", "dim")
        here = following is not None and one.id == following.id
        line = Text.assemble(("→ " if here else "  "), (f"{sign} ", style), (one.id.ljust(ids), "bold" if here else ""))
        if 4 + ids + titles + 24 <= out.width:
            line.append(one.title(lang) + " " * (titles - cell_len(one.title(lang))), "dim")
        line.append(about(one))
        if libraries := done.get(one.id):
            line.append("  " + say("comma").join(sorted(libraries)), "green")
        out.print(line, soft_wrap=True)
    out.print()
    out.print(standing(progress), markup=False, soft_wrap=True)


def show_standing(progress: Progress) -> None:
    """Print where one stands, and the commands that lead on."""
    out, following = console(), next_exercise(progress.done())
    out.print(standing(progress), markup=False, soft_wrap=True)
    if following is not None:
        out.print(Text(say("how to go on", id=following.id), "dim"), soft_wrap=True)
    out.print(Text(say("more to do"), "dim"), soft_wrap=True)


def about(exercise: Exercise) -> str:
    """Level and time of an exercise."""
    level = (say("easy"), say("medium"), say("hard"))[exercise.level - 1]
    return say("level and time", level=level, minutes=exercise.minutes)
