"""The wire between judge and sandbox: frames of a JSON header and raw bytes. Nothing on it is ever executed.

A frame is a magic word, the length of the header, the length of the payload, a nonce of 16 bytes, then header and
payload. The judge draws a nonce for each request and accepts no answer without it, so a learner's program cannot write
answers into the channel in advance. Both sides run this module; it imports only the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from json import JSONDecodeError, dumps, loads
from math import prod
from struct import Struct
from typing import Any

MAGIC = b"BYH1"
HEAD = Struct("<4sIQ16s")
REQUEST_HEADER = 4 << 10
REPLY_HEADER = 16 << 10
"""Bytes. An answer may list 64 leaves, or the calls of a library; a request lists little."""
PAYLOAD = 64 << 20
"""Bytes of a request."""
REPLY_PAYLOAD = 1 << 20
"""Bytes of an answer. No probe has a larger result."""
SIZES = {"f4": 4, "f8": 8, "i8": 8, "b1": 1}
"""Bytes of one element: IEEE single and double, 64-bit integer, bool; little-endian."""
DIMENSIONS = 16

_ANY = (str, int, float, bool, list, dict, type(None))
REQUEST_KEYS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("op", "file", "out", "dtype", "as", "narrow", "target", "function", "name"), (str,)),
    **dict.fromkeys(("grad", "strided", "measure"), (bool,)),
    **dict.fromkeys(("shape", "args", "names", "words"), (list,)),
    "leaf": (int,),
    "kwargs": (dict,),
    "value": _ANY,
    "seed": _ANY,
}
REPLY_KEYS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("ok", "forbidden", "memory", "none", "requires_grad", "graph", "capped"), (bool,)),
    **dict.fromkeys(("error", "message", "dtype", "device", "type"), (str,)),
    **dict.fromkeys(("trace", "names", "leaves", "used", "shape", "layers", "missing"), (list,)),
    **dict.fromkeys(("line", "errno", "ptr"), (int, type(None))),
    **dict.fromkeys(("depth", "id", "peak", "steps"), (int,)),
    "seconds": (int, float),
    "parameters": (list, type(None)),
    "members": (dict,),
    "versions": (dict,),
}


class BadFrame(ValueError):
    """The bytes are not a valid frame; the message says why."""


def pack(header: Mapping[str, object], payload: bytes, nonce: bytes, limit: int, payload_limit: int = PAYLOAD) -> bytes:
    """The bytes of a frame. ``limit`` and ``payload_limit`` bound the bytes of header and payload."""
    text = dumps(header, separators=(",", ":"), allow_nan=False).encode()
    if len(text) > limit:
        raise BadFrame(f"a header of {len(text)} bytes, of at most {limit}")
    if len(payload) > payload_limit:
        raise BadFrame(f"a payload of {len(payload)} bytes, of at most {payload_limit}")
    return HEAD.pack(MAGIC, len(text), len(payload), nonce) + text + payload


def lengths(head: bytes, limit: int, payload_limit: int = PAYLOAD) -> tuple[int, int, bytes]:
    """Bytes of header and payload, and the nonce, from the first ``HEAD.size`` bytes, within the limits."""
    magic, header, payload, nonce = HEAD.unpack(head)
    if magic != MAGIC:
        raise BadFrame("no frame begins here")
    if header > limit or payload > payload_limit:
        raise BadFrame(f"a frame that claims {header} bytes of header and {payload} of payload")
    return header, payload, nonce


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise BadFrame("a header with a key twice")
    return table


def _no_constant(name: str) -> float:
    raise BadFrame(f"a header with {name}")


def parse(text: bytes, keys: Mapping[str, tuple[type, ...]]) -> dict[str, Any]:
    """Parse the header: strict JSON, no duplicate keys, only keys of ``keys``, with their types."""
    try:
        header = loads(text.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except BadFrame:
        raise
    except (JSONDecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise BadFrame(f"a header that is not JSON ({type(error).__name__})") from None
    if not isinstance(header, dict):
        raise BadFrame("a header that is not a table")
    for key, value in header.items():
        if key not in keys:
            raise BadFrame(f"a header with the unknown key {key[:40]!r}")
        wanted = keys[key]
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            raise BadFrame(f"a header whose {key} is a {type(value).__name__}")
    return header


@dataclass(frozen=True)
class Array:
    """Numbers on the wire: a dtype of ``SIZES``, a shape, and the little-endian bytes."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    def __post_init__(self) -> None:
        if self.dtype not in SIZES:
            raise BadFrame(f"an array of dtype {self.dtype[:40]!r}")
        if len(self.shape) > DIMENSIONS or not all(type(n) is int and 0 <= n <= PAYLOAD for n in self.shape):
            raise BadFrame("an array of an impossible shape")
        if prod(self.shape) * SIZES[self.dtype] != len(self.data):
            raise BadFrame(f"an array of shape {self.shape} with {len(self.data)} bytes")

    @classmethod
    def of(cls, header: Mapping[str, Any], payload: bytes) -> Array:
        """The array that a frame carries.

        Raises:
            BadFrame: it carries none, or header and payload contradict each other.
        """
        if not isinstance(header.get("dtype"), str) or not isinstance(header.get("shape"), list):
            raise BadFrame("a frame without an array")
        return cls(header["dtype"], tuple(header["shape"]), payload)


def clean(value: Any) -> Any:
    """A JSON value without characters that could act on a terminal or reorder a line."""
    if isinstance(value, str):
        return value if value.isprintable() else "".join(c for c in value if c in "\n\t" or c.isprintable())
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value
