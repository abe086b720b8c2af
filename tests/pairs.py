"""byhand's optimizers beside torch's: the same parameters, the same gradients, the same steps."""

import torch

import byhand
from byhand import kernels

KERNEL_ULPS = 32  # two roundings in each of about 15 steps

SHAPES = [(3, 4), (5,), (), (0,), (2, 1, 3)]

# name: (ours, torch's, options that make it that method)
OPTIMIZERS = {
    "sgd": (byhand.optim.SGD, torch.optim.SGD, {}),
    "momentum": (byhand.optim.SGD, torch.optim.SGD, {"momentum": 0.9}),
    "adam": (byhand.optim.Adam, torch.optim.Adam, {}),
    "adamw": (byhand.optim.AdamW, torch.optim.AdamW, {}),
}


def make_params(dtype=torch.float32, shapes=SHAPES, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=dtype).requires_grad_() for shape in shapes]


def stream(params, steps, seed=2):
    """Gradients whose scale changes from 1e-5 to 1e1 between steps, with sign flips, zeros and None among them."""
    generator = torch.Generator().manual_seed(seed)
    for i in range(steps):
        grads = []
        for j, p in enumerate(params):
            g = torch.randn(p.shape, generator=generator, dtype=p.dtype) * 10.0 ** ((i * 5) % 7 - 5)
            grads.append(None if (i + j) % 5 == 4 else g * 0 if i == 3 else g)
        yield grads


def walk(optimizer, params, steps=15, seed=2):
    """Take the steps of :func:`stream`; returns the parameters, detached, and the optimizer."""
    for grads in stream(params, steps, seed):
        for p, g in zip(params, grads, strict=True):
            p.grad = None if g is None else g.to(p.dtype)
        optimizer.step()
    return [p.detach().clone() for p in params], optimizer


def states(optimizer, params):
    """The optimizer's tensors, in the order of the parameters and of their names."""
    return [optimizer.state[p][k] for p in params for k in sorted(optimizer.state[p])]


def assert_close(ours, theirs, ulps=0, floor=None, equal_nan=False):
    """Equal within ``ulps`` units of the dtype relative to the larger operand, ``floor`` apart from that.

    Kernels round less often than torch: they get :data:`KERNEL_ULPS` of the tensor's largest number, or of 1.
    """
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        eps = torch.finfo(a.dtype).eps if a.dtype.is_floating_point or a.dtype.is_complex else 0
        if kernels.current() != "formula" and b.numel():
            floor = max(floor or 0.0, KERNEL_ULPS * eps * max(1.0, b.detach().abs().max().item()))
        torch.testing.assert_close(a, b, rtol=ulps * eps, atol=floor or 0.0, equal_nan=equal_nan)
