"""The machine that runs a program: it loads source text, calls what the text defines, and returns raw numbers.

The same class runs a learner's program in the sandbox and our own programs in the judge's process. It does not know
the expected results. Requests and answers are JSON tables with raw bytes (:mod:`byhand.sandbox.wire`).
"""

from __future__ import annotations
import __future__

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from itertools import count
from linecache import cache as source_cache
from time import thread_time
from types import ModuleType
from typing import Any

from byhand.sandbox.error_report import describe
from byhand.sandbox.library import Library
from byhand.sandbox.local_modules import PACKAGE, LocalModules
from byhand.sandbox.measure import Watch, wrap_scipy
from byhand.sandbox.members import fitting, members
from byhand.sandbox.older_names import PYTHON, restore_scipy
from byhand.sandbox.stand_ins import stand_in
from byhand.sandbox.values import PROGRAM, Oracle, Values, resolve
from byhand.sandbox.wire import REPLY_PAYLOAD, Array

NAMES = 200
"""Upper limit of the names in the answer to a load."""
DEPTH = 1000
"""Upper limit of the count of autograd nodes."""
OPTIMIZER = re.compile(r"\bOptimizer\b|\boptim\.[A-Z]|\btorch\.optim\s+import\b|getattr\([\w.]*optim\b")
"""Source that may create a torch optimizer. The first one imports torch._dynamo, which takes most of a second."""

Reply = tuple[dict[str, Any], bytes]
_serial = count(1)


class Machine:
    """Runs programs: ``header, payload = machine.request({"op": ...}, payload)``.

    Attributes:
        objects: arrays that were put and results of calls, by the *handle* that the request gave.
    """

    def __init__(self, with_torch: bool = True) -> None:
        self.library = Library(with_torch)
        self.values = Values(self.library)
        self.objects: dict[str, Any] = {}
        self.modules = LocalModules()
        self.module = ModuleType("program")
        self.file = ""
        self._operations: dict[str, Callable[[Mapping[str, Any], bytes], Reply]] = {
            "load": self._load,
            "module": self._module,
            "put": self._put,
            "set": self._set,
            "call": self._call,
            "get": self._get,
            "leaves": self._leaves,
            "backward": self._backward,
            "closure": self._closure,
            "oracle": self._oracle,
            "facts": self._facts,
            "del": self._del,
            "members": self._members,
        }

    def request(self, header: Mapping[str, Any], payload: bytes = b"") -> Reply:
        """The answer to a request; an exception of the program is an answer too."""
        try:
            with self.library.standard():
                answer, data = self._operations[header["op"]](header, payload)
            return {"ok": True} | answer, data
        except BaseException as error:
            return describe(error, self.file), b""

    def requests(self, items: Iterable[tuple[Mapping[str, Any], bytes]]) -> list[Reply]:
        """The answers to several requests."""
        return [self.request(header, payload) for header, payload in items]

    def _find(self, path: Any) -> Any:
        """The object named by ``handle.attribute.attribute`` or ``name.attribute``."""
        first, *attributes = str(path).split(".")
        if first in self.objects:
            found = self.objects[first]
        elif first in vars(self.module):
            found = vars(self.module)[first]
        else:
            raise NameError(f"name {first!r} is not defined")
        for attribute in attributes:
            found = getattr(found, attribute)
        return found

    def _resolve(self, value: Any) -> Any:
        return resolve(value, self._find)

    def _leaf(self, header: Mapping[str, Any]) -> Any:
        leaves, index = self.values.leaves(self._find(header["name"])), header.get("leaf", 0)
        if not 0 <= index < len(leaves):
            raise IndexError(f"{header['name']} has {len(leaves)} parts, none with number {index}")
        return leaves[index][1]

    def _described(self, value: Any) -> list[dict[str, Any]]:
        return [self.values.describe(leaf) for leaf in self.values.leaves(value)]

    def _load(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        source, self.file = payload.decode(), header.get("file", "program")
        self.objects.clear()
        sys.modules.pop(self.module.__name__, None)
        self.module = ModuleType(f"{PROGRAM}{next(_serial)}")
        vars(self.module).update(PYTHON)
        self.module.__file__ = self.file  # so that inspect.getsource finds classes too
        self.module.__package__ = PACKAGE if self.modules.sources else ""
        sys.modules[self.module.__name__] = self.module
        # No modification time: linecache then never looks for the file, and inspect.getsource finds the text.
        source_cache[self.file] = (len(source), None, source.splitlines(keepends=True), self.file)
        if "scipy" in source:
            wrap_scipy()
            restore_scipy(source)
        if self.library.torch is not None and OPTIMIZER.search(source):
            import_module("torch._dynamo")
        for bound, module, name in header.get("names", []):
            setattr(self.module, bound, stand_in(module, name))
        before = set(vars(self.module))
        # Annotations are not evaluated: the names in them may be missing here.
        code = compile(source, self.file, "exec", __future__.annotations.compiler_flag, dont_inherit=True)
        exec(code, vars(self.module))
        names = [name for name in vars(self.module) if name not in before and not name.startswith("_")]
        return {"names": [name for name, _ in fitting([(name[:60], None) for name in names[:NAMES]])]}, b""

    def _module(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        self.modules.put(header["name"], payload.decode())
        return {}, b""

    def _put(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        self.objects[header["out"]] = self.values.make(
            Array.of(header, payload),
            header.get("as", "torch"),
            grad=header.get("grad", False),
            narrow=header.get("narrow"),
            strided=header.get("strided", False),
            words=header.get("words", ()),
        )
        return {}, b""

    def _set(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        owner, _, attribute = header["target"].rpartition(".")
        setattr(self._find(owner), attribute, self._resolve(header["value"]))
        return {}, b""

    def _call(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        function = self._find(header["function"])
        args = [self._resolve(value) for value in header.get("args", [])]
        kwargs = {name: self._resolve(value) for name, value in header.get("kwargs", {}).items()}
        answer: dict[str, Any] = {}
        if header.get("measure"):
            with Watch(self.library, self.file) as watch:
                begun = thread_time()
                result = function(*args, **kwargs)
                seconds = thread_time() - begun
            answer = {"peak": watch.peak, "steps": watch.steps, "used": [list(call) for call in watch.used]}
        else:
            begun = thread_time()
            result = function(*args, **kwargs)
            seconds = thread_time() - begun
        if "out" in header:
            self.objects[header["out"]] = result
        return answer | {"leaves": self._described(result), "seconds": seconds}, b""

    def _get(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        value = self._leaf(header)
        if value is None:
            return {"none": True}, b""
        array = self.values.array(value)
        if len(array.data) > REPLY_PAYLOAD:
            raise ValueError(f"{len(array.data)} bytes are too many to return")
        return {"dtype": array.dtype, "shape": list(array.shape)}, array.data

    def _leaves(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        return {"leaves": self._described(self._find(header["name"]))}, b""

    def _backward(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        value = self._leaf(header)
        if not self.values.is_tensor(value):
            raise TypeError(f"a {type(value).__name__} has no gradient")
        seed = self._resolve(header.get("seed"))
        if seed is None:
            self.library.backward(self.library.total(value))
        else:
            like = seed if self.values.is_tensor(seed) else self.library.full_like(value, seed)
            self.library.backward(value, like)
        return {}, b""

    def _closure(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        """Keep a closure as training loops pass it to ``step``: it recomputes the gradients and returns the loss."""
        pairs = self._resolve(header["value"])

        def closure() -> Any:
            for parameter, _ in pairs:
                parameter.grad = None
            loss = sum(self.library.total(parameter * gradient) for parameter, gradient in pairs)
            self.library.backward(loss)
            return loss

        self.objects[header["out"]] = closure
        return {}, b""

    def _oracle(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        """Keep a function that hands out gradients, one a call, and notes in ``seen`` where it was called."""
        self.objects[header["out"]] = Oracle(self._resolve(header["value"]), self.values.copied)
        return {}, b""

    def _facts(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        value = self._leaf(header) if "leaf" in header else self._find(header["name"])
        facts: dict[str, Any] = {"ptr": None, "requires_grad": False, "graph": False, "depth": 0}
        facts |= {"dtype": "", "device": "", "type": type(value).__name__[:60], "id": id(value)}
        if self.values.is_tensor(value):
            library = self.library
            with library.plain():
                node = library.graph.__get__(value)
                facts |= {"ptr": library.pointer(value), "requires_grad": library.requires_grad.__get__(value)}
                facts |= {"graph": node is not None, "depth": _depth(node)}
                facts |= {"dtype": str(value.dtype), "device": str(value.device)}
        elif self.values.is_array(value):
            facts |= {
                "ptr": value.__array_interface__["data"][0],
                "dtype": f"numpy.{value.dtype.name}",
                "device": "cpu",
            }
        return facts, b""

    def _del(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        for name in header["names"]:
            self.objects.pop(name, None)
        return {}, b""

    def _members(self, header: Mapping[str, Any], payload: bytes) -> Reply:
        return members(self._find(header["name"])), b""


def _depth(node: Any) -> int:
    """The number of autograd nodes behind ``node``, at most ``DEPTH``."""
    seen: set[Any] = set()
    waiting = [node] if node is not None else []
    while waiting and len(seen) < DEPTH:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [before for before, _ in node.next_functions if before is not None]
    return len(seen)
