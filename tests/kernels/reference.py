"""The formulas in float64, as the reference of the kernels of losses: values and gradients."""

import torch

from byhand import backend

SIMD = 16  # float32 numbers in the widest register
SIZES = [1, 2, SIMD - 1, SIMD, SIMD + 1, 2 * SIMD + 3, 61, 64, 65, 127, 2047, 2048, 2049, 4099]
DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16]


def close(ours, exact, n, width, unit=0.0):
    """Within ``n`` roundings of what was computed in, and one of what was stored, relative to the largest number."""
    wide = torch.promote_types(ours.dtype, torch.float32)
    eps = n * torch.finfo(wide).eps + torch.finfo(ours.dtype).eps * (ours.dtype != wide)
    eps += torch.finfo(torch.float64).eps * width * (ours.dtype == torch.float64)  # the formula's own sums
    finite = exact[exact.isfinite()]
    largest = max(unit, finite.abs().max().item() if finite.numel() else 0.0)
    tiny = torch.finfo(ours.dtype).smallest_normal * width + (n * torch.finfo(wide).eps) ** 2  # φ of a rounding
    torch.testing.assert_close(ours.double(), exact, rtol=eps, atol=eps * largest + tiny, equal_nan=True)


def compare(call, *inputs, n=8, width=1, unit=0.0):
    """The same call by kernel on ``inputs`` and by formula on their float64 copies; loss and gradients."""
    ours = [x.detach().clone().requires_grad_(x.is_floating_point()) for x in inputs]
    exact = [x.detach().double().requires_grad_() if x.is_floating_point() else x for x in inputs]
    with backend("numba"):
        loss = call(*ours)
    with backend("formula"):
        reference = call(*exact)
    close(loss.detach(), reference.detach(), n, width, unit)
    upstream = torch.linspace(0.5, 1.5, loss.numel()).reshape(loss.shape)
    loss.backward(upstream.to(loss.dtype))
    reference.backward(upstream.to(loss.dtype).double())
    for a, b in zip(ours, exact, strict=True):
        if a.is_floating_point():
            close(a.grad, b.grad, n, width, unit)


def rows(given, shape, dtype):
    x = 3 * torch.randn(shape)
    if given == "probs":
        x = x.softmax(-1)
    elif given == "weights":
        x = x.exp()
    elif given == "log_probs":
        x = x.log_softmax(-1)
    return x.to(dtype)
