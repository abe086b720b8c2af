"""The process that judges for one tab: a message a line comes in, an answer a line goes out.

It ends when its input does, as when the server is killed.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from byhand.judge.judge import Judge
from byhand.judge.model import Allowance, Report
from byhand.judge.reading.notebook import Unreadable, read
from byhand.judge.reading.syntax import quiet
from byhand.judge.reporting import page
from byhand.judge.reporting.report import FORMULA
from byhand.judge.reporting.words import LANGUAGES
from byhand.practice.exercises import exercise
from byhand.practice.headers import Header, header_of
from byhand.practice.judging import Mark, asked, mark_of, named, record, record_file
from byhand.practice.progress import Progress
from byhand.practice.web import pictures, verdicts
from byhand.sandbox import Stopped

EXERCISE, FILE = Allowance(10.0, 30.0), Allowance()
"""The time for a text of the page, and for a file that was dropped on it."""
WARM = ("cross_entropy/logits", "adam")
"""Exercises whose references are judged before anything else: what the first judgements load is loaded then."""

Message = dict[str, Any]


class Desk:
    """One tab's judge, and what it was asked last."""

    def __init__(self) -> None:
        self.judge = Judge(allowed=EXERCISE, remember=True)
        self.files = Judge(allowed=FILE)
        self.files.close()
        self.last: tuple[str, Report] | None = None

    def warm(self) -> None:
        """Load what every judgement needs, and have the next sandbox ready."""
        for id in WARM:
            self.judge.judge(read(exercise(id).solution("torch").encode(), "warm.py"))
        self.judge.sandbox.ready()

    def run(self, message: Message) -> Message:
        """Judge the text of an exercise or of a hunt, and record it; with ``mend``, look for its fix instead."""
        text: str = message["text"]
        header = Header(message["kind"], message["id"], message["library"], message.get("token", ""))
        program = read(text.encode("utf-8", "replace"), f"{message['name']}.py")
        with quiet():
            report = self.judge.judge(program, names=named(header), mend=message["mend"])
        self.last = (text, report)
        if message["mend"]:  # the same text once more, to show its fix: that is no second attempt
            found, kept = mark_of(report, header), True
        else:
            found, kept = _recorded(report, header, message["hints"])
        return {"mark": _mark(found), "kept": kept, **verdicts.verdict(report, _meant(report, header))}

    def picture(self, message: Message) -> Message:
        """What is drawn of the text that was judged last."""
        if self.last is None or self.last[0] != message["text"]:
            return {"picture": None}
        report = self.last[1]
        header = Header(message["kind"], message["id"], message["library"], message.get("token", ""))
        with quiet():
            return {"picture": pictures.picture(report, _meant(report, header))}

    def file(self, message: Message) -> Message:
        """The whole report of a file, in both languages; it counts as `byhand check` of it would."""
        data, name = base64.b64decode(message["data"]), message["name"]
        text = data.decode("utf-8", "replace")
        with quiet():
            report = self.files.judge(read(data, name), names=named(header_of(text)))
        with suppress(OSError, sqlite3.Error):  # a report is a report
            record_file(Progress(), report, text)
        return {
            # The page has the style sheet as a file; an element with it would be refused.
            "parts": {lang: page.part(report, lang, FORMULA).replace(page.style(), "") for lang in LANGUAGES},
            "pages": {lang: page.page(report, lang, FORMULA) for lang in LANGUAGES},
        }

    def after(self) -> None:
        """Between two messages: have the next sandbox ready."""
        self.judge.sandbox.ready()


def _meant(report: Report, header: Header) -> str:
    """The name of the definition that the exercise asks for: the last of its formula; "" if there is none."""
    question = asked(header)
    names = [one.definition.name for one in report.judgements if question and one.task == question.formula]
    return names[-1] if names else ""


def _recorded(report: Report, header: Header, hints: int) -> tuple[Mark | None, bool]:
    """The mark, and whether it could be recorded."""
    try:
        return record(Progress(), report, header, hints=hints), True
    except (OSError, sqlite3.Error):  # the disk is full, or the file damaged: a verdict is a verdict
        return mark_of(report, header), False


def _mark(found: Mark | None) -> Message:
    """How it stands; without an exercise or hunt of that name there is nothing to solve."""
    found = found or Mark("todo", False)
    return {"verdict": found.verdict, "done": found.done, "mistakes": list(found.mistakes), "why": found.why}


def answer(desk: Desk, message: Message) -> Message:
    """The answer to one message; what went wrong is an answer too."""
    does: dict[str, Callable[[Message], Message]] = {"run": desk.run, "picture": desk.picture, "file": desk.file}
    try:
        return {"ok": True, **does[message["op"]](message)}
    except Unreadable as error:
        return {"ok": False, "error": {lang: error.said(lang) for lang in LANGUAGES}}
    except Stopped as stop:
        said = verdicts.not_sealed(stop)
        return {"ok": False, "error": said}


def main() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing else may be printed between answers
    desk = Desk()
    with suppress(Stopped):  # the first program will say it
        desk.warm()
    with suppress(BrokenPipeError):  # the server was killed meanwhile
        _serve(desk, sys.stdin, out)


def _serve(desk: Desk, messages: IO[str], out: IO[str]) -> None:
    for line in messages:
        print(json.dumps(answer(desk, json.loads(line))), file=out, flush=True)
        with suppress(Stopped):
            desk.after()
