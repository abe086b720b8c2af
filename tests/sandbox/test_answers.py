"""An answer must have the machine's form in every part; any other answer ends the sandbox."""

import numpy as np
import pytest

from byhand.sandbox.answers import ANSWERS, READY, check
from byhand.sandbox.machine import Machine
from byhand.sandbox.wire import REPLY_KEYS, BadFrame, parse

SOURCE = b"""
import torch
class Opt:
    def __init__(self, p, lr=1e-3, big=10**30, huge=10**400, name="x", *rest, eps=float("nan"), **more): self.p = p
    def step(self): return torch.nn.functional.softmax(self.p, 0), None, [1, 2], {"a": True}
def fails(): raise OSError(10**30, "no such thing")
def breaks(): raise SyntaxError("x", ("made.py", "a", 1, ""))
"""
LEAF = {"path": "", "type": "float", "shape": []}
FACTS = {
    "ptr": None,
    "id": 1,
    "depth": 0,
    "requires_grad": False,
    "graph": False,
    "dtype": "",
    "device": "",
    "type": "",
}
FAILURE = {"error": "E", "message": "", "forbidden": False, "memory": False, "line": None, "trace": [], "errno": None}
GOOD = {
    READY: {"layers": ["seccomp"], "missing": [["layer off", {"layer": "landlock"}]], "versions": {"python": "3"}},
    "load": {"names": ["f"]},
    "call": {"leaves": [LEAF], "seconds": 0.5, "peak": 1, "steps": 1, "used": [["torch.softmax", None]]},
    "get": {"dtype": "f8", "shape": [1]},
    "leaves": {"leaves": [LEAF]},
    "facts": FACTS,
    "members": {
        "type": "class",
        "parameters": [["lr", "keyword_only", True, 0.5]],
        "members": {"a": None},
        "capped": False,
    },
    "put": {},
}


def test_what_the_machine_says_passes():
    machine, seen = Machine(), set()
    numbers = np.ones(2).tobytes()
    for header in (
        {"op": "module", "name": "mine"},
        {"op": "load", "file": "made.py"},
        {"op": "put", "out": "x", "dtype": "f8", "shape": [2], "as": "parameter"},
        {"op": "call", "function": "Opt", "args": [{"ref": "x"}], "out": "o"},
        {"op": "call", "function": "o.step", "out": "y", "measure": True},
        *({"op": "get", "name": "y", "leaf": i} for i in range(5)),
        {"op": "leaves", "name": "y"},
        {"op": "backward", "name": "y"},
        {"op": "closure", "out": "c", "value": {"list": []}},
        {"op": "oracle", "out": "q", "value": {"list": []}},
        {"op": "set", "target": "x.grad", "value": None},
        *({"op": op, "name": name} for op in ("facts", "members") for name in ("x", "y", "o", "Opt", "fails")),
        *({"op": "call", "function": name} for name in ("fails", "breaks", "absent")),
        {"op": "del", "names": ["x"]},
    ):
        payload = {"load": SOURCE, "put": numbers}.get(header["op"], b"")
        answer, data = machine.request(header, payload)
        check(header["op"], answer, data)
        seen.add((header["op"], answer["ok"]))
    assert {op for op, ok in seen if ok} == set(ANSWERS) - {READY}
    assert ("call", False) in seen


@pytest.mark.parametrize("operation", GOOD)
def test_nothing_is_missing_or_more(operation):
    good = GOOD[operation]
    payload = bytes(8) if operation == "get" else b""
    check(operation, {"ok": True, **good}, payload)
    check(operation, {"ok": False, **FAILURE}, b"")
    for key in set(good) - {"peak", "used"}:
        with pytest.raises(BadFrame):
            check(operation, {"ok": True, **{k: v for k, v in good.items() if k != key}}, payload)
    for bad in ({**good, "depth": 1, "names": []}, {**FAILURE, "ok": True}):
        with pytest.raises(BadFrame):
            check(operation, {"ok": True, **bad}, payload)
    with pytest.raises(BadFrame):
        check(operation, good, payload)


@pytest.mark.parametrize(
    ("operation", "key", "value"),
    [
        ("call", "leaves", [{**LEAF, "shape": ["1"]}]),
        ("call", "leaves", [{**LEAF, "shape": [-1]}]),
        ("call", "leaves", [{**LEAF, "shape": [True]}]),
        ("call", "leaves", [{**LEAF, "path": None}]),
        ("call", "leaves", [{"path": "", "type": ""}]),
        ("call", "leaves", [[]]),
        ("call", "seconds", float("inf")),
        ("call", "peak", -1),
        ("call", "steps", 0.5),
        ("call", "used", [["torch.softmax"]]),
        ("call", "used", [["torch.softmax", "1"]]),
        ("load", "names", [1]),
        ("get", "dtype", "f2"),
        ("get", "shape", [1.0]),
        ("facts", "ptr", 1 << 80),
        ("facts", "type", {}),
        ("members", "members", {"a": [["lr"]]}),
        ("members", "parameters", [["lr", "keyword_only", True, "0.5"]]),
        (READY, "versions", {"python": 3}),
    ],
)
def test_the_innermost_part_is_looked_at(operation, key, value):
    with pytest.raises(BadFrame):
        check(operation, {"ok": True, **GOOD[operation], key: value}, bytes(8) if operation == "get" else b"")


@pytest.mark.parametrize(("key", "value"), [("line", -1), ("line", 10**30), ("trace", [None]), ("error", None)])
def test_so_is_that_of_a_failure(key, value):
    with pytest.raises(BadFrame):
        check("call", {"ok": False, **FAILURE, key: value}, b"")


def test_a_number_that_is_none_is_infinite_and_refused():
    header = parse(b'{"ok":true,"leaves":[],"seconds":1e999}', REPLY_KEYS)
    with pytest.raises(BadFrame):
        check("call", header, b"")


def test_get_says_none_or_gives_numbers():
    check("get", {"ok": True, "none": True}, b"")
    for header, payload in (({"none": False}, b""), ({"none": True}, bytes(8)), ({"dtype": "f8", "shape": [1]}, b"")):
        with pytest.raises(BadFrame):
            check("get", {"ok": True, **header}, payload)
