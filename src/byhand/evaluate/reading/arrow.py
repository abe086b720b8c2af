"""Arrow files as DuckDB scans them: in order, by one thread.

PyArrow's own data sets read ahead in threads; in PyArrow 26 the process dies if such a scan is given up early. Files
are not mapped into memory either, since a file that is cut off meanwhile would kill the process too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_PARTITION = re.compile(r"(?:^|[/\\])([^/\\=]+)=([^/\\]+)(?=[/\\])")


class ArrowFiles:
    """What DuckDB takes for a table: each scan begins a stream of record batches.

    Args:
        paths: files of the same schema, in the file or the stream format of Arrow IPC. Folders named ``column=value``
            add a column of text.
        wanted: which columns there are; by default all.
    """

    def __init__(self, paths: Sequence[str], wanted: Callable[[str], bool] = lambda name: True) -> None:
        import pyarrow as pa

        self.paths = paths
        with _opened(paths[0]) as reader:
            fields = [field for field in reader.schema if wanted(field.name)] or list(reader.schema)
        fields += [pa.field(name, pa.string()) for name in partitions(paths[0]) if wanted(name)]
        self.schema = pa.schema(fields)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A stream from the first batch on."""
        import pyarrow as pa

        reader = pa.RecordBatchReader.from_batches(self.schema, self._batches())
        return reader.__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[Any]:
        import pyarrow as pa

        for path in self.paths:
            named = partitions(path)
            for batch in arrow_batches(path, [name for name in self.schema.names if name not in named]):
                arrays = [
                    pa.repeat(named[name], batch.num_rows) if name in named else batch.column(name)
                    for name in self.schema.names
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def arrow_batches(path: str, columns: Sequence[str] | None = None) -> Iterator[Any]:
    """The record batches of a file, in order; only these columns, or all."""
    with _opened(path, columns) as reader:
        if hasattr(reader, "num_record_batches"):
            yield from (reader.get_batch(i) for i in range(reader.num_record_batches))
        else:
            yield from reader


@contextmanager
def _opened(path: str, columns: Sequence[str] | None = None) -> Iterator[Any]:
    """A reader of the file format, or else of the stream format."""
    import pyarrow as pa

    with pa.OSFile(path) as source:
        is_file = source.read(6) == b"ARROW1"
        source.seek(0)
        open_it = pa.ipc.open_file if is_file else pa.ipc.open_stream
        options = pa.ipc.IpcReadOptions(use_threads=False)
        if columns is not None:
            schema = open_it(source, options=options).schema
            options.included_fields = [schema.get_field_index(name) for name in columns]
            if -1 in options.included_fields:
                missing = columns[options.included_fields.index(-1)]
                raise pa.ArrowInvalid(f"the file {path!r} has no column {missing}")
            source.seek(0)
        with open_it(source, options=options) as reader:
            yield reader


def partitions(path: str) -> dict[str, str]:
    """The columns that folders named ``column=value`` add, and their values.

    >>> partitions("log/day=1/x.arrow")
    {'day': '1'}
    """
    return dict(_PARTITION.findall(path))
