"""The judge's requests to a running program: put an array, call a function, read a result.

A session talks to a sandbox, or to a machine in this process that runs one of the formulas; both answer with
numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.judge.model import COARSE, FLOAT64, Outcome
from byhand.sandbox import Reason, Stopped

Request = tuple[dict[str, object], bytes]
Answer = tuple[dict[str, Any], bytes]
Ask = Callable[[Sequence[Request]], Sequence[Answer]]
AT_ONCE, BYTES = 32, 1 << 15
"""How many requests, and how many bytes of them, are sent together at most."""
HANDLE = "@"
"""Prefix of all names that the judge defines there. No program uses it, so neither hides the other's names."""


@dataclass(frozen=True)
class Ref:
    """A value that already exists there: "@x", or an attribute of it, "@x.grad"."""

    name: str


class Iter(list[Any]):
    """Items that are passed as a generator."""


@dataclass(frozen=True)
class Leaf:
    """One number, array or tensor of a result."""

    path: str
    type: str
    shape: tuple[int, ...]

    @property
    def eps(self) -> float:
        """Relative distance of two neighbouring numbers of its dtype; float64's for values without a coarser dtype."""
        return COARSE.get(self.type.rpartition(".")[2], FLOAT64)


@dataclass(frozen=True)
class Reply:
    """The answer to a call: leaves, or the exception that ended it."""

    ok: bool
    leaves: tuple[Leaf, ...] = ()
    peak: int = 0
    """Elements of the largest intermediate array, if measured."""
    steps: int = 0
    """How often a line of the program ran, if measured."""
    used: tuple[tuple[str, int], ...] = ()
    """Library functions that were called, with the learner's line, if measured."""
    error: str = ""
    message: str = ""
    line: int | None = None
    forbidden: bool = False
    memory: bool = False
    """Whether memory ran out."""
    header: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        """The outcome of a failed call."""
        kind = "forbidden" if self.forbidden else "too much memory" if self.memory else "error"
        return Outcome(error=self.error or "Error", message=self.message, line=self.line, kind=kind)


class Session:
    """The judge's side of a machine. Its methods raise what ``ask`` raises.

    Requests that put things there wait for the next one that asks for something, and are sent with it.

    Args:
        ask: sends requests and returns their answers.
        check: raises an exception when no time is left; called where the judge itself computes for long.
    """

    def __init__(self, ask: Ask, check: Callable[[], None] = lambda: None) -> None:
        self._together, self.check = ask, check
        self._waiting: list[Request] = []
        self._shapes: dict[tuple[str, int], tuple[int, ...]] = {}
        self._program = ""
        self._stand_ins: list[list[str]] = []

    def load(self, program: str, stand_ins: Iterable[Sequence[str]] = (), file: str = "learner") -> Reply:
        """Run a program's definitions in a new namespace.

        ``stand_ins`` are names to define there: each with the module and the name that it replaces.
        """
        names = [list(one) for one in stand_ins]
        self._program, self._stand_ins = program, names
        return _reply(self._ask({"op": "load", "file": file, "names": names}, program.encode()))

    def module(self, name: str, source: str) -> Reply:
        """Add a module that the program can import."""
        return _reply(self._ask({"op": "module", "name": name}, source.encode()))

    def reload(self) -> Reply:
        """Run the last program's definitions again, so that all its names have their initial values."""
        return self.load(self._program, self._stand_ins)

    def put(
        self,
        out: str,
        array: Any,
        kind: str = "torch",
        *,
        grad: bool = False,
        narrow: str = "",
        strided: bool = False,
        words: Sequence[str] = (),
    ) -> Ref:
        """Put an array there, as one of the kinds of :meth:`byhand.sandbox.values.Values.make`.

        Kind "holder" is an object without numbers, whose attributes are set afterwards; the array is not used.

        With ``words``, each number of a list, or of a NumPy array, is put there as its word.
        """
        array = np.asarray(array)
        code = {"f": "f8", "i": "i8", "u": "i8", "b": "b1"}[array.dtype.kind]
        code = "f4" if array.dtype == np.float32 else code
        header: dict[str, object] = {"op": "put", "out": out, "dtype": code, "shape": list(array.shape), "as": kind}
        header |= {"grad": grad, "strided": strided} | ({"narrow": narrow} if narrow else {})
        header |= {"words": list(words)} if words else {}
        self._later(header, np.ascontiguousarray(array, "<" + code).tobytes())
        self._forget(out)
        return Ref(out)

    def set(self, target: str, value: object) -> None:
        """Assign to an attribute, "@x.grad"; where that fails, nothing is assigned."""
        self._later({"op": "set", "target": target, "value": encoded(value)})

    def call(
        self,
        out: str,
        function: str,
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
        measure: bool = False,
    ) -> Reply:
        """Call a name of the program, or an attribute of a value, "@opt.step", and keep the result as ``out``."""
        header: dict[str, object] = {"op": "call", "out": out, "function": function, "measure": measure}
        header["args"] = [encoded(value) for value in args]
        header["kwargs"] = {name: encoded(value) for name, value in (kwargs or {}).items()}
        reply = _reply(self._ask(header))
        if reply.ok:
            self._forget(out)
            self._shapes |= {(out, i): leaf.shape for i, leaf in enumerate(reply.leaves)}
        return reply

    def backward(self, name: str, leaf: int = 0, seed: object = None) -> Reply:
        """Differentiate a leaf's sum, or its product with ``seed``; the gradients are in ``.grad`` of the inputs."""
        header: dict[str, object] = {"op": "backward", "name": name, "leaf": leaf}
        return _reply(self._ask(header | ({} if seed is None else {"seed": encoded(seed)})))

    def closure(self, out: str, pairs: Sequence[tuple[Ref, Ref]]) -> Ref:
        """Define a closure whose ``backward`` sets each pair's parameter, the first, to the gradient, the second."""
        self._later({"op": "closure", "out": out, "value": encoded(list(pairs))})
        self._forget(out)
        return Ref(out)

    def oracle(self, out: str, gradients: Sequence[Ref]) -> Ref:
        """Put a function there that hands out these gradients, one a call; "seen" of it is where it was called."""
        self._later({"op": "oracle", "out": out, "value": encoded(list(gradients))})
        self._forget(out)
        return Ref(out)

    def leaves(self, name: str) -> tuple[Leaf, ...]:
        """The leaves of a value; empty if it does not exist."""
        return _reply(self._ask({"op": "leaves", "name": name})).leaves

    def get(self, name: str, leaf: int = 0) -> NDArray[np.generic] | None:
        """The numbers of a leaf: float32, float64, int64 or bool. None if there are none, or no such leaf.

        Raises:
            Stopped: their shape is not the one that the answer to the call gave.
        """
        return self.get_all([(name, leaf)])[0]

    def get_all(self, places: Sequence[tuple[str, int]]) -> list[NDArray[np.generic] | None]:
        """The numbers of several leaves, asked for at once."""
        self._waiting += [({"op": "get", "name": name, "leaf": leaf}, b"") for name, leaf in places]
        answers = self._send()[-len(places) :] if places else []
        return [self._numbers(place, answer) for place, answer in zip(places, answers, strict=True)]

    def _numbers(self, place: tuple[str, int], answer: Answer) -> NDArray[np.generic] | None:
        header, payload = answer
        if not header.get("ok") or header.get("none"):
            return None
        array = np.frombuffer(payload, "<" + str(header["dtype"])).reshape(header["shape"])
        if self._shapes.get(place, array.shape) != array.shape:
            raise Stopped("gone", Reason("announced shape"))
        return array

    def facts(self, name: str) -> dict[str, Any]:
        """ptr, requires_grad, graph, depth, dtype, device, type, id of a value; {} if it does not exist."""
        header, _ = self._ask({"op": "facts", "name": name})
        return header if header.get("ok") else {}

    def members(self, name: str) -> dict[str, Any]:
        """Public attributes of a value or of a name of the program."""
        header, _ = self._ask({"op": "members", "name": name})
        return header if header.get("ok") else {}

    def _forget(self, out: str) -> None:
        self._shapes = {key: shape for key, shape in self._shapes.items() if key[0] != out}

    def _later(self, header: dict[str, object], payload: bytes = b"") -> None:
        """Send a request with the next one whose answer is wanted."""
        assert str(header.get("out", HANDLE)).startswith(HANDLE)
        self._waiting.append((header, payload))
        if len(self._waiting) >= AT_ONCE or sum(len(data) for _, data in self._waiting) > BYTES:
            self._send()

    def _ask(self, header: dict[str, object], payload: bytes = b"") -> Answer:
        assert str(header.get("out", HANDLE)).startswith(HANDLE)
        self._waiting.append((header, payload))
        return self._send()[-1]

    def _send(self) -> Sequence[Answer]:
        """Send what waits."""
        requests, self._waiting = self._waiting, []
        answers = self._together(requests)
        for (header, _), (answer, _) in zip(requests, answers, strict=True):
            if header["op"] == "put" and not answer.get("ok"):
                raise RuntimeError(f"put: {answer.get('error')}: {answer.get('message')}")
        return answers


def encoded(value: object) -> object:
    """A value in the form of the wire."""
    if isinstance(value, Ref):
        return {"ref": value.name}
    if isinstance(value, Iter):
        return {"iter": [encoded(item) for item in value]}
    if isinstance(value, list):
        return {"list": [encoded(item) for item in value]}
    if isinstance(value, tuple):
        return {"tuple": [encoded(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": {str(key): encoded(item) for key, item in value.items()}}
    if isinstance(value, float) and not np.isfinite(value):
        return {"float": str(float(value))}
    return value


def _reply(answer: tuple[dict[str, Any], bytes]) -> Reply:
    header, _ = answer
    leaves = tuple(Leaf(leaf["path"], leaf["type"], tuple(leaf["shape"])) for leaf in header.get("leaves", ()))
    return Reply(
        ok=bool(header.get("ok")),
        leaves=leaves,
        peak=header.get("peak", 0),
        steps=header.get("steps", 0),
        used=tuple((name, line) for name, line in header.get("used", ())),
        error=header.get("error", ""),
        message=header.get("message", ""),
        line=header.get("line"),
        forbidden=bool(header.get("forbidden")),
        memory=bool(header.get("memory")),
        header=header,
    )
