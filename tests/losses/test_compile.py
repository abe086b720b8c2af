"""torch.compile sees one whole graph: in a process of its own, without the type checker of the tests."""

import inspect
import os
import subprocess
import sys

import pytest
import torch

from byhand import backend
from byhand.losses import cross_entropy, kl_divergence


@pytest.fixture(autouse=True)
def computed_by():
    """These tests choose who computes themselves."""
    return "auto"


PROGRAM = """
import torch
from byhand import losses as F

x, y, t = torch.randn(4, 5), torch.tensor([0, 1, -100, 4]), torch.rand(4, 5).softmax(-1)
module = F.CrossEntropyLoss(torch.rand(5), label_smoothing=0.1, z_loss=1e-4)
expressions = [
    lambda x: F.cross_entropy(x, y, z_loss=1e-4),
    lambda x: F.cross_entropy(x, t, reduction="none"),
    lambda x: module(x, y),
    lambda x: F.binary_cross_entropy_with_logits(x, t, pos_weight=t[0]),
    lambda x: F.kl_div(x.log_softmax(-1), t, reduction="batchmean"),
    lambda x: F.kl_divergence(t.log(), x, given="logits", temperature=2.0),
    lambda x: F.entropy(x, given="logits"),
]
for eager in expressions:
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    compiled = torch.compile(eager, backend="aot_eager", fullgraph=True)(ours)
    compiled.sum().backward()
    eager(theirs).sum().backward()
    torch.testing.assert_close(compiled, eager(x))
    torch.testing.assert_close(ours.grad, theirs.grad)

seen = []
def backend(graph, _):
    seen.extend(str(node.target) for node in graph.graph.nodes)
    return graph
torch.compile(expressions[0], backend=backend, fullgraph=True)(x)
print("operator" if any("byhand.cross_entropy" in name for name in seen) else "operations")
"""


@pytest.mark.parametrize("chosen", ["formula", "auto"])
def test_compiled_is_eager(chosen):
    environment = os.environ | {"BYHAND_BACKEND": chosen}
    ran = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ("operations\n" if chosen == "formula" else "operator\n")


@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_the_operators_are_what_torch_asks_of_one(reduction):
    """Schema, fake tensors, autograd and dynamic shapes, by torch's own check."""
    x, t = torch.randn(6, 9, requires_grad=True), torch.rand(6, 9).softmax(-1)
    y, w = torch.randint(9, (6,)), torch.rand(9)
    operators = [inspect.getmodule(inspect.unwrap(f))._operator for f in (cross_entropy, kl_divergence)]
    with backend("numba"):  # they are taken only where there is a kernel
        for arguments in ((x, y, None), (x, y, w), (x, t, w)):
            torch.library.opcheck(operators[0], (*arguments, -100, reduction, 0.1, 0.01))
        torch.library.opcheck(operators[1], (x, t.log().requires_grad_(), "logits", 2.0, reduction))


def test_no_operator_returns_a_list():
    """Code that is compiled to C++ throughout, with ``cpp_wrapper``, reads a list of one as if it were a tensor."""
    for f in (cross_entropy, kl_divergence):
        name = inspect.getmodule(inspect.unwrap(f))._operator._qualname
        for operator in (name, f"{name}_grad"):
            (overload,) = torch._C._jit_get_schemas_for_operator(operator)
            assert all(str(result.type) == "Tensor" for result in overload.returns)
