"""What can be learnt about an object: members and parameters, as many as the wire carries."""

import json

import pytest

from byhand.sandbox.wire import REPLY_HEADER
from sandbox.test_machine import Bench


@pytest.fixture
def bench():
    return Bench()


def test_members(bench):
    told = bench.ask(op="members", name="Opt")
    assert told["type"] == "class"
    assert told["parameters"] == [
        ["params", "positional_or_keyword", False, None],
        ["lr", "positional_or_keyword", True, 1e-3],
        ["betas", "positional_or_keyword", True, None],
        ["eps", "keyword_only", True, 1e-8],
        ["rest", "var_keyword", False, None],
    ]
    assert told["members"] == {"step": [["self", "positional_or_keyword", False, None]]}
    bench.call("Opt", {"list": []}, out="o")
    assert bench.ask(op="members", name="o")["members"] == {"lr": None, "params": None, "step": []}
    assert bench.ask(op="members", name="same")["type"] == "function"


def test_long_answers_are_cut_to_what_the_wire_carries():
    names = [f"\u540d\u5b57{i}" for i in range(300)]
    source = "\n".join(f"def {name}(\u53c2\u6570: int = 1): pass" for name in names)
    bench = Bench("")
    told = bench.ask(op="load", file="x.py", payload=source.encode())["names"]
    assert told == names[: len(told)]
    assert len(told) > 100
    bench.ask(op="load", file="x.py", payload=b"import torch\nm = torch.nn.Linear(1, 1)")
    members = bench.ask(op="members", name="m")
    assert members["capped"]
    assert len(json.dumps(members)) < REPLY_HEADER
