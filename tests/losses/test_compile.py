"""torch.compile sees one whole graph: in a process of its own, without the type checker of the tests."""

import os
import subprocess
import sys

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
    compiled = torch.compile(eager, backend="eager", fullgraph=True)(ours)
    compiled.sum().backward()
    eager(theirs).sum().backward()
    torch.testing.assert_close(compiled, eager(x))
    torch.testing.assert_close(ours.grad, theirs.grad)
"""


def test_compiled_is_eager():
    environment = os.environ | {"BYHAND_BACKEND": "formula"}
    ran = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
