"""A state as bytes: a line of JSON and arrays, the same bytes for the same content. Nothing in them is executed."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"byhand-state-1\n"


def pack(name: str, meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    """The bytes of a state.

    Args:
        name: what state it is.
        meta: what JSON can say.
        arrays: arrays of numbers; their names are the state's own.
    """
    columns = {key: np.ascontiguousarray(x, x.dtype.newbyteorder("<")) for key, x in sorted(arrays.items())}
    shapes = {key: [x.dtype.str, list(x.shape)] for key, x in columns.items()}
    head = json.dumps({"state": name, "meta": meta, "arrays": shapes}, sort_keys=True, separators=(",", ":")).encode()
    return b"".join([MAGIC, len(head).to_bytes(8, "little"), head, *(x.tobytes() for x in columns.values())])


def unpack(name: str, data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The meta data and the arrays, which can't be written to.

    Raises:
        ValueError: the bytes are not a whole state of this name.
    """
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError("These bytes are not a state of byhand.evaluate.")
    at = len(MAGIC) + 8
    size = int.from_bytes(data[len(MAGIC) : at], "little")
    try:
        head = json.loads(data[at : at + size])
        found, meta, shapes = head["state"], head["meta"], head["arrays"]
    except (ValueError, KeyError, TypeError):
        raise ValueError("The bytes of the state are cut off or changed.") from None
    if found != name:
        raise ValueError(f"The bytes are a state of `{found}`, not of `{name}`.")
    at += size
    arrays = {}
    for key, (dtype, shape) in shapes.items():
        kind, n = np.dtype(dtype), int(np.prod(shape, dtype=np.int64))
        if at + n * kind.itemsize > len(data):
            raise ValueError("The bytes of the state are cut off.")
        arrays[key] = np.frombuffer(data, kind, n, at).reshape(shape)
        at += n * kind.itemsize
    return meta, arrays
