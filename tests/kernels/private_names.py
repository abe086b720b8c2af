"""Everything must compute the same in a version of torch that lacks one of the private names that are used.

    python tests/kernels/private_names.py

takes them away one by one, each in a process of its own, before byhand is imported.
"""

import os
import sys
import traceback
from importlib import import_module

import torch
import torch._dynamo  # it uses some of the names itself
import torch.nn.functional as F
from torch import nn

NAMES = {
    "": "kernel",
    "torch._C._dispatch_keys": "formula",
    "torch._C._is_cow_tensor": "kernel",
    "torch._C._functorch.peek_interpreter_stack": "formula",
    "torch.autograd.forward_ad._current_level": "formula",
    "torch._C._len_torch_dispatch_stack": "formula",
    "torch._C._is_tracing": "formula",
    "torch._C._len_torch_function_stack": "kernel",
    "torch._C._dynamo.guards.TensorGuards": "kernel",
    "torch.autograd._profiler_enabled": "kernel",
    "torch.autograd.profiler._is_profiler_enabled": "kernel",
    "torch.nn.modules.linear_cross_entropy_options.LinearCrossEntropyOptions": "kernel",
}
"""The names, and what computes without them: kernels still, or torch's operations."""


def trained(optimizer, losses, **options):
    """The weights after steps with each loss, and the losses."""
    torch.manual_seed(0)
    layer, x, y = nn.Linear(6, 5), torch.randn(40, 6), torch.arange(40) % 5
    steps = optimizer(layer.parameters(), lr=0.05, **options)
    values = []
    for i in range(6):
        steps.zero_grad()
        logits = layer(x)
        rows = losses.cross_entropy(logits, y, reduction="none" if i % 2 else "mean", label_smoothing=0.1)
        sides = losses.binary_cross_entropy_with_logits(logits, torch.full_like(logits, 0.3))
        apart = losses.kl_div(logits.log_softmax(-1), torch.full_like(logits, 0.2), reduction="batchmean")
        loss = rows.mean() + sides + apart
        loss.backward()
        steps.step()
        values.append(loss.detach())
    return *layer.parameters(), *values


def compare():
    """Our losses and optimizers beside torch's; returns what computed."""
    import byhand
    from byhand import kernels, losses, metrics, optim

    for name, options in (("SGD", {}), ("SGD", {"momentum": 0.9}), ("Adam", {}), ("AdamW", {"amsgrad": True})):
        ours = trained(getattr(optim, name), losses, **options)
        theirs = trained(getattr(torch.optim, name), F, **options)
        for a, b in zip(ours, theirs, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)
    input, weight, y = torch.randn(30, 6), torch.randn(5, 6, requires_grad=True), torch.arange(30) % 5
    losses._linear.LOGITS = 80  # in parts
    expected = F.cross_entropy(F.linear(input, weight), y)
    found = losses.linear_cross_entropy(input, weight, y)
    torch.testing.assert_close(found, expected)
    grads = [torch.autograd.grad(loss, weight)[0] for loss in (found, expected)]
    torch.testing.assert_close(*grads, rtol=1e-5, atol=1e-6)
    assert metrics.roc_auc_score([0, 1, 1, 0], [0.1, 0.4, 0.35, 0.8]) == 0.5
    try:
        with byhand.backend("numba"):
            losses.cross_entropy(input, y % 6)
    except RuntimeError:
        with byhand.backend("auto"):
            found = kernels.pick("cross_entropy", input, y)
        assert found is None or not kernels.replaces_torch("cross_entropy", input, y)
        return "formula"
    return "kernel"


def take_away(name):
    """Remove a name; a module whose only name it is, too."""
    module, _, attribute = name.rpartition(".")
    if attribute == "LinearCrossEntropyOptions":
        sys.modules[module] = None
    elif hasattr(import_module(module), attribute):
        delattr(import_module(module), attribute)


if __name__ == "__main__":
    for name in NAMES:
        sys.stdout.flush()
        if os.fork() == 0:
            try:
                if name:
                    take_away(name)
                print(f"{name}: {compare()}", flush=True)
            except Exception:
                print(f"{name}: {traceback.format_exc()}", flush=True)
            finally:
                os._exit(0)
        os.wait()
