"""DuckDB, embedded: a connection with bounded memory, and its errors as sentences."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from byhand.evaluate.reading.refused import Refused

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "512MB"
"""Memory that DuckDB may take; beyond it, a sort spills to the temporary folder."""
LEAST = (2, 0)
"""The oldest version of DuckDB that is known to work: the first with ``to_arrow_reader``."""

_CSV_LINE = re.compile(r"CSV Error on Line: (?P<line>\d+)\n(?:Original Line:.*\n)?(?P<why>.*)")
_MISSING = (
    re.compile(r'Main file schema: (?P<first>.*)\nCurrent file: (?P<file>.*)\nColumn with name: "(?P<column>.*)" is'),
    re.compile(
        r'column "(?P<column>.*)" was read from the original file "(?P<first>.*)", but .* in file "(?P<file>.*)"'
    ),
)
_CSV_FILE = re.compile(r"^  file = (.*)$", re.MULTILINE)


@contextmanager
def connect(memory: str = MEMORY, threads: int | None = None) -> Iterator[DuckDBPyConnection]:
    """A connection to a database in memory, with a temporary folder that is removed at the end.

    Rows come in any order, which is faster and takes less memory; what is computed from them does not depend on it.

    Raises:
        Refused: DuckDB or PyArrow is missing or too old.
    """
    try:
        import duckdb
        import pyarrow  # noqa: F401, for the batches
    except ImportError as error:
        raise Refused("no duckdb", name=error.name) from None
    if tuple(int(part) for part in duckdb.__version__.split(".")[:2]) < LEAST:
        raise Refused("old duckdb", got=duckdb.__version__)
    with TemporaryDirectory(prefix="byhand-") as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": folder,
            "preserve_insertion_order": False,
        }
        if threads is not None:
            config["threads"] = threads
        connection = duckdb.connect(config=config)
        connection.execute("SET enable_progress_bar = false")
        # Statistics of Parquet leave nan out. With them, DuckDB takes a column of 1 and nan for the constant 1. And a
        # cast must not be left to the reader of CSV: it takes the text "true" for no number, unlike the cast itself.
        connection.execute("SET disabled_optimizers = 'statistics_propagation,type_pushdown'")
        # Its threads fill a buffer with rows while this one computes: the default is less than a batch.
        connection.execute("SET streaming_buffer_size = '32MB'")
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn errors of DuckDB and Arrow inside into a :class:`Refused` that names ``what`` was read."""
    import duckdb
    import pyarrow

    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # how DuckDB reports Ctrl-C
            raise KeyboardInterrupt from None
        raise
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        full = "disk" if "max_temp_directory_size" in str(error) or "No space" in str(error) else "memory"
        raise Refused(f"full {full}", why=first_line(error)) from None
    except (duckdb.Error, pyarrow.ArrowException, OSError) as error:
        text = str(error)
        if "No space left on device" in text or "could not write" in text.lower():
            raise Refused("full disk", why=first_line(error)) from None
        if "INTERRUPT" in text:  # the error of a reader whose query was stopped
            raise KeyboardInterrupt from None
        if "extension" in text and "://" in what:
            raise Refused("no extension", file=what, why=first_line(error)) from None
        if line := _CSV_LINE.search(text):
            file = _CSV_FILE.search(text)
            why = line["why"].strip().rstrip(".")
            raise Refused("bad line", line=f"{int(line['line']):,}", file=file[1] if file else what, why=why) from None
        for pattern in _MISSING:
            if missing := pattern.search(text):
                raise Refused("other columns", **missing.groupdict()) from None
        raise Refused("unreadable", file=_file_in(text) or what, why=first_line(error)) from None


def first_line(error: BaseException) -> str:
    """The first line of a message, without DuckDB's name for the kind of error, and without a final full stop."""
    line = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return re.sub(r"^(?:[A-Z][A-Za-z -]+ Error|Invalid): ", "", line.strip()).rstrip(".!: ")


def _file_in(text: str) -> str:
    """The file that a message names between quotes, if it exists."""
    names = re.findall(r"""["']([^"'\n]+)["']""", text)
    return next((name for name in names if os.path.isfile(name)), "")
