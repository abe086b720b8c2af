"""What a learner has done, in one SQLite file on this machine: written whole or not at all, by several processes."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["EXAMS", "Progress", "home"]

FILE = "progress.sqlite"
EXAMS = "exams"
"""The setting that holds the exams that are over, those of the terminal and of the page."""
VERSION = 1
"""Of the tables; a file of a later version is refused."""
WAIT = 10.0
"""Seconds that a write waits for that of another process."""
_TABLES = """
CREATE TABLE IF NOT EXISTS attempts (
    at REAL NOT NULL, exercise TEXT NOT NULL, library TEXT NOT NULL, verdict TEXT NOT NULL,
    done INTEGER NOT NULL, hint INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS mistakes (at REAL NOT NULL, page TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS resets (at REAL NOT NULL, exercise TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hunts (
    at REAL NOT NULL, token TEXT NOT NULL, page TEXT NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('drawn', 'missed', 'named', 'mended'))
);
CREATE TABLE IF NOT EXISTS places (
    exercise TEXT NOT NULL, library TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (exercise, library)
);
CREATE TABLE IF NOT EXISTS drafts (key TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def home() -> Path:
    """The folder of the progress: ``BYHAND_HOME``, else the platform's folder for the data of applications."""
    if given := os.environ.get("BYHAND_HOME"):
        return Path(given)
    from platformdirs import user_data_path

    return user_data_path("byhand", appauthor=False)


class Progress:
    """The progress file. Each method is one transaction; reading before anything was written finds nothing.

    Raises:
        sqlite3.DatabaseError: the file is damaged, or of a later version.
        OSError: its folder cannot be created.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = home() / FILE if path is None else path

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return self.path.exists()

    # what happened

    def attempt(
        self, exercise: str, library: str, verdict: str, done: bool, mistakes: Sequence[str] = (), hint: int = 0
    ) -> None:
        """An exercise was judged; ``hint`` is the number of hints that had been shown."""
        now = time.time()
        with self._writing() as file:
            file.execute(
                "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?)", (now, exercise, library, verdict, done, hint)
            )
            file.executemany("INSERT INTO mistakes VALUES (?, ?)", [(now, page) for page in mistakes])

    def saw(self, mistakes: Sequence[str]) -> None:
        """A check of any file showed these pages."""
        with self._writing() as file:
            file.executemany("INSERT INTO mistakes VALUES (?, ?)", [(time.time(), page) for page in mistakes])

    def reset(self, exercise: str) -> None:
        """An exercise is open again; what happened before is kept, but does not count as done."""
        with self._writing() as file:
            file.execute("INSERT INTO resets VALUES (?, ?)", (time.time(), exercise))

    def drawn(self, token: str, page: str) -> None:
        """A hunt was handed out."""
        self._hunt(token, page, "drawn")

    def hunted(self, token: str, page: str, found: bool, named: bool) -> None:
        """A hunt was answered: by naming the mistake, right or wrong, or by mending the program."""
        self._hunt(token, page, ("named" if named else "mended") if found else "missed")

    def _hunt(self, token: str, page: str, event: str) -> None:
        with self._writing() as file:
            file.execute("INSERT INTO hunts VALUES (?, ?, ?, ?)", (time.time(), token, page, event))

    def place(self, exercise: str, library: str, path: str) -> None:
        """A blank exercise was written to ``path``."""
        with self._writing() as file:
            file.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?)", (exercise, library, path))

    # what is known of it

    def done(self) -> dict[str, set[str]]:
        """The solved exercises, each with the libraries in which it is solved."""
        found: dict[str, set[str]] = {}
        for exercise, library in self._read(
            "SELECT exercise, library FROM attempts AS one WHERE done AND at >="
            " (SELECT coalesce(max(at), 0) FROM resets WHERE exercise = one.exercise)"
        ):
            found.setdefault(exercise, set()).add(library)
        return found

    def tried(self) -> dict[str, str]:
        """The last verdict of each exercise that was judged."""
        return dict(self._read("SELECT exercise, verdict FROM attempts ORDER BY at"))

    def places(self) -> dict[tuple[str, str], str]:
        """Where blank exercises were written, by exercise and library."""
        return {(exercise, library): path for exercise, library, path in self._read("SELECT * FROM places")}

    def seen(self) -> list[str]:
        """The pages that one's own checks have shown, the most frequent first."""
        counts = Counter(page for (page,) in self._read("SELECT page FROM mistakes ORDER BY at DESC"))
        return [page for page, _ in counts.most_common()]

    def solved_hunts(self) -> set[str]:
        """The tokens of hunts that were answered rightly."""
        return {token for (token,) in self._read("SELECT token FROM hunts WHERE event IN ('named', 'mended')")}

    def last_hunt(self) -> str:
        """The token that was drawn last; "" if none was."""
        rows = self._read("SELECT token FROM hunts WHERE event = 'drawn' ORDER BY at DESC, rowid DESC LIMIT 1")
        return next((token for (token,) in rows), "")

    # small texts

    def draft(self, key: str) -> str | None:
        """The draft of this key."""
        return next((text for (text,) in self._read("SELECT text FROM drafts WHERE key = ?", key)), None)

    @contextmanager
    def changing_draft(self, key: str) -> Iterator[dict[str, str | None]]:
        """The draft of this key, to be replaced under it; read and written in one transaction."""
        with self._changing("drafts", key) as kept:
            yield kept

    def get(self, key: str) -> str | None:
        """The setting of this key."""
        return next((value for (value,) in self._read("SELECT value FROM settings WHERE key = ?", key)), None)

    def put(self, key: str, value: str | None) -> None:
        """Keep a setting; None removes it."""
        with self.changing(key) as kept:
            kept[key] = value

    @contextmanager
    def changing(self, *keys: str) -> Iterator[dict[str, str | None]]:
        """The settings of these keys, to be replaced under them; read and written in one transaction."""
        with self._changing("settings", *keys) as kept:
            yield kept

    @contextmanager
    def _changing(self, table: str, *keys: str) -> Iterator[dict[str, str | None]]:
        with self._writing() as file:
            before = {key: _value(file, table, key) for key in keys}
            kept = dict(before)
            yield kept
            for key, value in kept.items():
                if value is None:
                    file.execute(f"DELETE FROM {table} WHERE key = ?", (key,))
                elif value != before[key]:
                    file.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", (key, value))

    def export(self) -> dict[str, object]:
        """Everything but drafts and settings, as a table for JSON; times are seconds since 1970."""
        names = ("exercise", "library", "verdict", "done", "hints")
        attempts = self._read("SELECT at, exercise, library, verdict, done, hint FROM attempts ORDER BY at")
        hunts = self._read("SELECT at, token, page, event FROM hunts ORDER BY at")
        exams = json.loads(self.get(EXAMS) or "[]")
        return {
            "version": VERSION,
            "done": {exercise: sorted(libraries) for exercise, libraries in sorted(self.done().items())},
            "attempts": [
                {"at": at, **dict(zip(names, (*rest[:3], bool(rest[3]), rest[4]), strict=True))}
                for at, *rest in attempts
            ],
            "mistakes": dict(Counter(page for (page,) in self._read("SELECT page FROM mistakes ORDER BY at"))),
            "hunts": [{"at": at, "hunt": token, "page": page, "event": event} for at, token, page, event in hunts],
            "exams": exams,
        }

    # the file

    def _read(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        if not self.exists:
            return []
        file = self._opened()
        try:
            return file.execute(query, values).fetchall()
        finally:
            file.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self._opened()
        try:
            file.execute("BEGIN IMMEDIATE")
            yield file
            file.execute("COMMIT")
        except BaseException:
            if file.in_transaction:
                file.execute("ROLLBACK")
            raise
        finally:
            file.close()

    def _opened(self) -> sqlite3.Connection:
        """The file with its tables, which are made in one transaction with their version."""
        file = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
        try:
            (version,) = file.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise sqlite3.DatabaseError(f"its tables are of version {version}, this byhand knows {VERSION}")
            if version < VERSION:
                file.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
        except BaseException:
            file.close()
            raise
        return file


def _value(file: sqlite3.Connection, table: str, key: str) -> str | None:
    row = file.execute(f"SELECT * FROM {table} WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[1])
