"""The machine: inputs, calls and results, in this process and on our own programs."""

import struct
import sys

import numpy as np
import pytest
import torch

from byhand.sandbox.machine import Machine

SOURCE = '''
import dataclasses, inspect
from collections import namedtuple
import numpy as np
import torch

Pair = namedtuple("Pair", "loss grad")

@dataclasses.dataclass
class Result:
    value: float
    parts: list

class Opt:
    """Holds on."""
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), *, eps=1e-8, **rest):
        self.params = list(params)
        self.lr = lr
    def step(self):
        with torch.no_grad():
            for p in self.params:
                p -= self.lr * p.grad

def many(x):
    return Pair(x.sum(), [1, 2, 3]), {"a": None, "b": True}, Result(0.5, [x, "s"]), [[1.0, 2.0], [3.0, 4.0]]

def same(x, *rest, **options): return x
def halves(): return torch.ones(3, dtype=torch.bfloat16) / 2
def source(): return inspect.getsource(Opt).startswith("class Opt")
def deep(n):
    if n == 0:
        raise ValueError("at the bottom")
    return deep(n - 1)
def leave(): raise SystemExit(4)
@torch.no_grad()
def blind(closure): return closure()
class Rude(Exception):
    def __str__(self): raise KeyboardInterrupt
def rude(): raise Rude
def upset():
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    return torch.ones(2)
def exhausts(items): return sum(items) + sum(items)
class Own:
    def __init__(self, value):
        self.value, self.grad = value, None
def looks_for(p, name): return getattr(p, name)
def climbs(slope, x):
    for _ in range(3):
        x += slope(x)
def ragged(): return [[1.0], [2.0, 3.0]]
def big(): return [10**30]
def refused(): raise PermissionError(13, "Permission denied", "x")
def full(): raise MemoryError
'''


class Bench:
    """A machine with short forms of requests; a failed request raises."""

    def __init__(self, source=SOURCE):
        self.machine = Machine()
        self.ask(op="load", file="made.py", payload=source.encode())

    def ask(self, payload=b"", **header):
        answer, self.data = self.machine.request(header, payload)
        if not answer["ok"]:
            raise AssertionError(answer)
        return answer

    def refused(self, **header):
        answer, data = self.machine.request(header)
        assert not answer["ok"]
        assert data == b""
        return answer

    def put(self, name, values, kind="torch", dtype="f8", **more):
        array = np.asarray(values, {"f4": "f4", "f8": "f8", "i8": "i8", "b1": "?"}[dtype])
        more = {"dtype": dtype, "shape": list(array.shape), "as": kind, **more}
        self.ask(op="put", out=name, payload=array.tobytes(), **more)

    def get(self, name, leaf=0):
        answer = self.ask(op="get", name=name, leaf=leaf)
        kind = answer["dtype"].replace("b1", "?")
        return np.frombuffer(self.data, "<" + kind).reshape(answer["shape"])

    def call(self, function, *args, **more):
        return self.ask(op="call", function=function, args=list(args), **more)


@pytest.fixture
def bench():
    return Bench()


@pytest.mark.parametrize("strided", [False, True])
@pytest.mark.parametrize("kind", ["torch", "parameter", "numpy", "box", "list"])
def test_numbers_go_in_and_out(bench, kind, strided):
    values = [[1.0, -2.5, 3e-9], [np.inf, -0.0, 4.0]]
    bench.put("x", values, kind, strided=strided)
    assert bench.get("x").tolist() == values
    if kind in ("torch", "numpy"):
        x = bench.machine.objects["x"]
        assert (x.is_contiguous() if kind == "torch" else x.flags.c_contiguous) is not strided


@pytest.mark.parametrize(("dtype", "value"), [("f4", 1.5), ("f8", 1e300), ("i8", -7), ("b1", True)])
def test_dtypes(bench, dtype, value):
    for kind in ("torch", "numpy", "scalar"):
        bench.put("x", value, kind, dtype)
        out = bench.get("x")
        assert out.shape == ()
        assert out.item() == value
        assert type(out.item()) is type(value)


def test_halves_travel_as_singles(bench):
    bench.put("h", [0.5, 1.0], narrow="float16", dtype="f4", grad=True)
    assert bench.machine.objects["h"].dtype == torch.float16
    assert bench.get("h").dtype == np.float32
    bench.call("halves", out="b")
    assert bench.get("b").tolist() == [0.5] * 3
    assert bench.ask(op="facts", name="h")["dtype"] == "torch.float16"


def test_results_are_taken_apart(bench):
    bench.put("x", [1.0, 2.0], dtype="f4")
    leaves = bench.call("many", {"ref": "x"}, out="y")["leaves"]
    assert [(leaf["path"], leaf["type"], leaf["shape"]) for leaf in leaves] == [
        ("[0].loss", "torch.float32", []),
        ("[0].grad", "list", [3]),
        ("[1]['a']", "None", []),
        ("[1]['b']", "bool", []),
        ("[2].value", "float", []),
        ("[2].parts[0]", "torch.float32", [2]),
        ("[2].parts[1]", "str", []),
        ("[3]", "list", [2, 2]),
    ]
    assert bench.ask(op="leaves", name="y")["leaves"] == leaves
    assert bench.get("y", 1).tolist() == [1, 2, 3]
    assert bench.get("y", 7).tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert bench.ask(op="get", name="y", leaf=2)["none"]
    assert bench.refused(op="get", name="y", leaf=6)["error"] == "NotNumbers"
    assert bench.refused(op="get", name="y", leaf=8)["error"] == "IndexError"
    assert bench.call("ragged")["leaves"][1] == {"path": "[1]", "type": "list", "shape": [2]}
    bench.call("big", out="y")
    assert bench.refused(op="get", name="y")["error"] == "NotNumbers"


def test_values(bench):
    bench.put("x", [1.0])
    bench.call("same", {"dict": {"a": {"ref": "x"}, "b": {"tuple": [1, {"float": "-inf"}, None]}}}, out="y")
    assert bench.machine.objects["y"] == {"a": torch.ones(1, dtype=torch.float64), "b": (1, -float("inf"), None)}
    bench.call("exhausts", {"iter": [1, {"int": 2}]}, out="y")
    assert bench.machine.objects["y"] == 3
    bench.call("same", 1, kwargs={"lr": {"list": [True]}})
    for bad in ([1], {}, {"ref": "x", "list": []}, {"eval": "1"}):
        assert bench.refused(op="call", function="same", args=[bad])["error"] == "ValueError"


def test_an_object_lives_between_requests(bench):
    bench.put("p", [1.0, 2.0], "parameter")
    bench.put("g", [10.0, 20.0])
    bench.call("Opt", {"iter": [{"ref": "p"}]}, kwargs={"lr": 0.1}, out="o")
    bench.ask(op="set", target="p.grad", value={"ref": "g"})
    before = bench.ask(op="facts", name="p")
    bench.call("o.step")
    assert bench.get("p").tolist() == [0.0, 0.0]
    assert bench.ask(op="facts", name="p") == before
    assert before["requires_grad"]
    assert not before["graph"]
    assert bench.get("o.params", 0).tolist() == [0.0, 0.0]
    bench.ask(op="del", names=["p", "absent"])
    assert bench.refused(op="get", name="p")["error"] == "NameError"


def test_gradients(bench):
    bench.put("x", [[1.0, 2.0]], grad=True)
    bench.call("same", {"ref": "x"}, out="y")
    bench.machine.objects["y"] = bench.machine.objects["x"] ** 2
    facts = bench.ask(op="facts", name="y")
    assert facts["graph"]
    assert facts["depth"] == 2
    bench.ask(op="backward", name="y")
    assert bench.get("x.grad").tolist() == [[2.0, 4.0]]
    bench.put("seed", [[1.0, 10.0]])
    bench.machine.objects["y"] = bench.machine.objects["x"] ** 2
    bench.ask(op="backward", name="y", seed={"ref": "seed"})
    assert bench.get("x.grad").tolist() == [[4.0, 44.0]]
    bench.put("n", [1.0], "numpy")
    assert bench.refused(op="backward", name="n")["error"] == "TypeError"


def test_a_closure_makes_the_gradients_anew_and_needs_them_enabled(bench):
    for name, values in (("p", [1.0, 2.0]), ("q", [3.0])):
        bench.put(name, values, "parameter")
        bench.put(f"g{name}", [-0.5] * len(values))
    pairs = [{"tuple": [{"ref": name}, {"ref": f"g{name}"}]} for name in "pq"]
    bench.ask(op="closure", out="c", value={"list": pairs})
    for _ in range(2):
        bench.call("c", out="loss")
        assert bench.get("p.grad").tolist() == [-0.5, -0.5]
        assert bench.get("q.grad").tolist() == [-0.5]
    assert bench.get("loss").item() == -3.0
    told = bench.refused(op="call", function="blind", args=[{"ref": "c"}])
    assert told["error"] == "RuntimeError"
    assert SOURCE.splitlines()[told["line"] - 1] == "def blind(closure): return closure()"


def test_a_gradient_to_ask_for_notes_where_it_was_asked(bench):
    for name, number in (("a", [1.0, 2.0]), ("b", [3.0, 4.0]), ("x", [0.5, 0.5])):
        bench.put(name, number, "numpy")
    bench.ask(op="oracle", out="slope", value={"list": [{"ref": "a"}, {"ref": "b"}]})
    bench.call("climbs", {"ref": "slope"}, {"ref": "x"})
    assert [bench.get("slope.seen", i).tolist() for i in range(3)] == [[0.5, 0.5], [1.5, 2.5], [4.5, 6.5]]
    assert bench.get("x").tolist() == [4.5, 6.5]  # no gradient is left for the third


def test_a_tensor_class_of_the_program_is_read(bench):
    bench.put("x", [1.0, 2.0], "numpy")
    bench.call("Own", {"ref": "x"}, out="p")
    assert bench.get("p").tolist() == [1.0, 2.0]


@pytest.mark.parametrize("name", ["data", "value", "cached_data"])
def test_a_stand_in_has_its_numbers_under_many_names(bench, name):
    bench.put("p", [1.0, 2.0], "box")
    bench.call("looks_for", {"ref": "p"}, name, out="y")
    assert bench.get("y").tolist() == [1.0, 2.0]
    bench.put("n", [3.0], "numpy")
    bench.ask(op="set", target=f"p.{name}", value={"ref": "n"})
    assert bench.get("p").tolist() == [3.0]


@pytest.mark.parametrize("kind", ["box", "holder"])
def test_what_a_stand_in_has_not_is_told_from_what_the_program_lacks(bench, kind):
    bench.put("p", [1.0], kind)
    told = bench.refused(op="call", function="looks_for", args=[{"ref": "p"}, "soft_update"])
    assert told["error"] == "NotThere"
    assert "soft_update" in told["message"]


def test_what_is_raised_is_told(bench):
    told = bench.refused(op="call", function="deep", args=[2])
    bottom = SOURCE.splitlines().index('        raise ValueError("at the bottom")') + 1
    assert (told["error"], told["message"], told["line"]) == ("ValueError", "at the bottom", bottom)
    assert told["trace"] == [bottom + 1, bottom + 1, bottom]
    assert bench.refused(op="call", function="leave")["error"] == "SystemExit"
    assert "KeyboardInterrupt" in bench.refused(op="call", function="rude")["message"]
    assert bench.refused(op="call", function="refused")["forbidden"]
    assert bench.refused(op="call", function="refused")["errno"] == 13
    assert bench.refused(op="call", function="full")["memory"]
    missing = bench.refused(op="call", function="nothing")
    assert (missing["error"], missing["line"]) == ("NameError", None)
    wrong = Machine().request({"op": "load", "file": "bad.py"}, b"x = 1\ndef f(:\n")[0]
    assert (wrong["error"], wrong["line"]) == ("SyntaxError", 2)
    assert not wrong["forbidden"]


def test_a_program_has_a_module_and_a_source(bench):
    assert bench.call("source", out="y")["leaves"][0]["type"] == "bool"
    assert bench.get("y").item() is True
    assert bench.machine.module.__name__ in sys.modules
    names = bench.ask(op="load", file="made.py", payload=b"lr = 1\ndef f(): pass\n_g = 2")["names"]
    assert names == ["lr", "f"]
    assert bench.refused(op="call", function="source")["error"] == "NameError"


def test_the_state_of_torch_is_ours_again(bench):
    bench.call("upset", out="y")
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()
    assert bench.get("y").dtype == np.float64


def test_payloads_are_held_to_their_shape(bench):
    header = {"op": "put", "out": "x", "dtype": "f8", "shape": [3], "as": "torch"}
    answer, _ = bench.machine.request(header, struct.pack("<2d", 1, 2))
    assert answer["error"] == "BadFrame"
