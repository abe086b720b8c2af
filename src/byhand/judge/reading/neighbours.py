"""The learner's own modules: Python files beside the judged one, and cells that write such files.

They are read by the same rules (only definitions and constants), and only if they are imported.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from byhand.judge.model import Program
from byhand.judge.reading.notebook import read
from byhand.judge.reading.syntax import parse
from byhand.judge.reading.unreadable import Unreadable

__all__ = ["STDIN", "beside", "read_whole", "with_neighbours"]

MODULES, MODULE_BYTES = 20, 200_000
"""How many modules are read, and how large each may be."""
STDIN = "<stdin>"
"""The name of a file that comes from standard input."""
Find = Callable[[str], bytes | None]
"""Returns a file's bytes by its path relative to the judged file, such as "utils/losses.py"; None if it is missing."""


def read_whole(data: bytes, file: str) -> Program:
    """A file, read, with the modules beside it that it imports; beside standard input there are none."""
    program = read(data, file)
    return program if file == STDIN else with_neighbours(program, beside(file))


def beside(file: str) -> Find:
    """Finds files in the folder of ``file``."""
    folder = Path(file).absolute().parent

    def find(path: str) -> bytes | None:
        try:
            with open(folder / path, "rb") as stream:
                return stream.read(MODULE_BYTES + 1) if (folder / path).is_file() else None
        except (OSError, ValueError):
            return None

    return find


def with_neighbours(program: Program, find: Find) -> Program:
    """The program with the modules that it imports, directly or indirectly."""
    found = dict(_modules(program, find))
    if not found:
        return program
    definitions = tuple(replace(definition, modules=found) for definition in program.definitions)
    return replace(program, definitions=definitions)


def _modules(program: Program, find: Find) -> Iterator[tuple[str, str]]:
    """Names and sources; a package without a file of its own is empty."""
    waiting, met = list(_named(program.text)), set[str]()
    while waiting and len(met) < MODULES:
        name = waiting.pop(0)
        if name in met:
            continue
        met.add(name)
        source = _source(name, program.written, find)
        if source is not None:
            yield name, source
            package = name.rpartition(".")[0]
            waiting += [*_named(source), *(f"{package}.{other}" for other in _named(source) if package)]


def _source(name: str, written: Mapping[str, str], find: Find) -> str | None:
    path = name.replace(".", "/")
    for place in (f"{path}.py", f"{path}/__init__.py"):
        data = written[place].encode() if place in written else find(place)
        if data is not None and len(data) <= MODULE_BYTES:
            try:
                return read(data, place).text
            except Unreadable:
                return None
    return None


def _named(source: str) -> Iterator[str]:
    """Modules that a text may import; packages come before their modules."""
    for node in ast.walk(parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = [base, *(".".join(filter(None, (base, alias.name))) for alias in node.names)]
        for name in filter(None, names):
            parts = name.split(".")
            yield from (".".join(parts[:i]) for i in range(1, len(parts) + 1))
