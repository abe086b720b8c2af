"""Errors of cross-entropy and its gradient on difficult rows: byhand's and torch's, against the formula in float64."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import mpmath
import numpy as np
import torch
from torch import Tensor

from benchmarks.exactness.text import sci, table
from byhand import backend, losses

EPS = 2.0**-23
PROMISED = 120  # the bound in units of EPS; docs/exactness.md says why
ROWS = {3: 2000, 1000: 200, 50257: 12}


def ordinary(x: Tensor, y: Tensor) -> Tensor:
    """Logits of an ordinary model."""
    return 3 * x


def right(x: Tensor, y: Tensor) -> Tensor:
    """Logits that favour the right class by 10 to 80 nats."""
    return _raised(x, y, torch.linspace(10, 80, len(x)))


def wrong(x: Tensor, y: Tensor) -> Tensor:
    """Logits that favour a wrong class by 10 to 80 nats."""
    return _raised(x, (y + 1) % x.shape[1], torch.linspace(10, 80, len(x)))


def equal(x: Tensor, y: Tensor) -> Tensor:
    """Logits that are all equal."""
    return x[:, :1].expand_as(x).contiguous()


def shifted(x: Tensor, y: Tensor) -> Tensor:
    """Ordinary logits + 1e4: the same probabilities, except for the rounding of the logits."""
    return 3 * x + 1e4


def impossible(x: Tensor, y: Tensor) -> Tensor:
    """Ordinary logits with one class at −∞."""
    x = 3 * x
    x[torch.arange(len(x)), (y + 1) % x.shape[1]] = -torch.inf
    return x


def two(x: Tensor, y: Tensor) -> Tensor:
    """The right class and another one have the same, greatest logit."""
    return _raised(_raised(x, y, torch.full((len(x),), 40.0)), (y + 1) % x.shape[1], torch.full((len(x),), 40.0))


KINDS = {
    "ordinary": ordinary,
    "right with confidence": right,
    "wrong with confidence": wrong,
    "all equal": equal,
    "shifted by 1e4": shifted,
    "one class at −∞": impossible,
    "two equal maxima": two,
}


def _raised(x: Tensor, y: Tensor, by: Tensor) -> Tensor:
    x = x.clamp(-4, 4)
    x[torch.arange(len(x)), y] = by
    return x


def exact(x: np.ndarray, y: int) -> tuple[float, np.ndarray]:
    """Loss and gradient of one row in float64 by log1p, with a relative error of about 1e-14."""
    c, place = x.max(), int(x.argmax())
    e = np.exp(x - c)
    others = np.delete(e, place).sum()
    grad = e / (1 + others)
    grad[y] = -(np.delete(e, y).sum()) / (1 + others)
    return (c - x[y]) + np.log1p(others), grad


def reference_error() -> float:
    """The largest relative error of :func:`exact` against 80 digits, on rows of all kinds."""
    worst = 0.0
    for name in KINDS:
        x, y = rows(name, 50, 4, torch.float32)
        for row, k in zip(x.double().numpy(), y.tolist(), strict=True):
            with mpmath.workdps(80):
                e = [mpmath.exp(mpmath.mpf(v)) for v in row]
                Z = mpmath.fsum(e)
                truth = [mpmath.log(Z) - row[k]] + [(v - (Z if i == k else 0)) / Z for i, v in enumerate(e)]
                loss, grad = exact(row, k)
                found = zip([loss, *grad], truth, strict=True)
                worst = max(worst, max(float(abs(a - b) / abs(b)) for a, b in found if b))
    return worst


def rows(kind: str, width: int, number: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Logits of one kind, and classes."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(number, width, generator=generator)
    y = torch.randint(width, (number,), generator=generator)
    return KINDS[kind](x, y).to(dtype), y


def errors(f: Callable[..., Tensor], x: Tensor, y: Tensor) -> tuple[float, float, float]:
    """The largest errors over all rows: of the loss, of the gradient, and of each element of the gradient.

    The first and the last are relative errors; the second is relative to the largest element of the gradient. The last
    excludes elements below the smallest normal number.
    """
    x = x.detach().requires_grad_()
    loss = f(x, y, reduction="none")
    loss.sum().backward()
    assert x.grad is not None
    tiny = torch.finfo(x.dtype).smallest_normal
    worst = [0.0, 0.0, 0.0]
    for row, k, found, grad in zip(
        x.detach().double().numpy(), y.tolist(), loss.tolist(), x.grad.double().numpy(), strict=True
    ):
        true_loss, true_grad = exact(row, k)
        off, size = abs(grad - true_grad), abs(true_grad)
        worst[0] = max(worst[0], abs(found - true_loss) / true_loss if true_loss > tiny else 0.0)
        worst[1] = max(worst[1], off.max() / size.max() if size.max() > tiny else 0.0)
        worst[2] = max(worst[2], (off[size > tiny] / size[size > tiny]).max(initial=0.0))
    return worst[0], worst[1], worst[2]


def measured(dtype: torch.dtype, widths: dict[int, int]) -> Iterator[tuple[str, int, tuple, tuple]]:
    """The errors of byhand and of torch, by kind of row and width."""
    for kind in KINDS:
        for width, number in widths.items():
            x, y = rows(kind, width, number, dtype)
            with backend("numba"):
                ours = errors(losses.cross_entropy, x, y)
            yield kind, width, ours, errors(torch.nn.functional.cross_entropy, x, y)


def section() -> str:
    """The Markdown of this section."""
    single = list(measured(torch.float32, ROWS))
    cells = [
        [f"{kind}, {width}", *(sci(v) for pair in zip(ours, theirs, strict=True) for v in pair)]
        for kind, width, ours, theirs in single
    ]
    worst = max(ours[0] for _, _, ours, _ in single) / EPS
    worst_grad = max(ours[2] for _, _, ours, _ in single) / EPS
    assert max(worst, worst_grad) <= PROMISED, "the error of a row exceeds the promised bound"
    narrow = []
    for dtype in (torch.bfloat16, torch.float16):
        eps = torch.finfo(dtype).eps
        for kind, width, ours, theirs in measured(dtype, {1000: ROWS[1000]}):
            pairs = [f"{v / eps:.2f}" if v / eps < 1e3 else sci(v / eps)
                     for pair in zip(ours, theirs, strict=True) for v in pair]  # fmt: skip
            narrow.append([f"{kind}, {str(dtype).removeprefix('torch.')}, {width}", *pairs])
    sides = ["loss, byhand", "torch", "gradient, byhand", "torch", "each element, byhand", "torch"]
    return TEXT.format(
        single=table(["row, classes", *sides], cells),
        narrow=table(["row, dtype, classes", *sides], narrow),
        worst=f"{worst:.0f}",
        worst_grad=f"{worst_grad:.0f}",
        promised=PROMISED,
        size=sci(PROMISED * EPS),
        reference_error=sci(reference_error()),
        rows=", ".join(f"{n} rows of {k}" for k, n in ROWS.items()),
    )


TEXT = """\
## Cross-entropy

The largest errors in float32, over {rows} of each kind: the relative error of the loss, the error of the gradient
relative to the largest element in its row, and the relative error of each element. The reference is the formula in
float64 on the same logits; its own error, against 80 digits, is at most {reference_error}. An error of 1 means that no
digit is correct, for example a loss of 0 that should be 1e-20.

{single}

If the right class has nearly all of the probability, torch rounds the sum of exps to 1: the loss and the gradient
become 0, and the model learns nothing more from this row. byhand leaves the 1 out of the sum, and uses log1p.

**The promise:** the relative errors of the loss and of each element of the gradient are at most {promised} · 2⁻²³ =
{size}, for any logits that are finite or −∞, and rows of any length. The largest errors above are {worst} · 2⁻²³ for
the loss and {worst_grad} · 2⁻²³ for an element. The bound is a sum of these errors, in units of u = 2⁻²⁴, half of
2⁻²³. Rounding x − max x changes its exp by u times this difference, which is at most 87.4: beyond, exp counts as 0. exp
itself adds 2.1 u. Blocks of up to 256 exps are summed in float32, in at least 16 SIMD lanes (AVX2; 64 with AVX-512), so
that a number passes through at most 35 additions; the sums of blocks are added in float64. In rows of up to 64 classes,
the worst case, it passes through up to 63 additions, and log1p adds 4 u. The result adds 1 u, and the factor 1 / S of
the gradient 1 u. The total of the worst case is 159 u, two thirds of the promised bound. Errors above a tenth of the
bound occur only where a loss or an element comes from classes tens of nats below the largest logit: in ordinary rows
the differences that matter are a few nats, and the errors of additions mostly cancel.
Terms below 1.2e-38 count as 0, and so do losses and gradients of that size.

Narrow dtypes are computed in float32 from the stored logits, and rounded once. Errors are in units of the dtype's eps,
2⁻⁷ for bfloat16 and 2⁻¹⁰ for float16, so that the best possible one is 0.50:

{narrow}
"""
