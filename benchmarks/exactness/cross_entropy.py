"""Cross-entropy and its gradient on adversarial rows, ours and torch's, against the formula in float64."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import mpmath
import numpy as np
import torch
from torch import Tensor

from benchmarks.exactness.text import sci, table
from byhand import backend, losses

EPS = 2.0**-23
PROMISED = 120  # of EPS: docs/exactness.md says why
ROWS = {3: 2000, 1000: 200, 50257: 12}


def ordinary(x: Tensor, y: Tensor) -> Tensor:
    """Logits of a model that has learned something."""
    return 3 * x


def right(x: Tensor, y: Tensor) -> Tensor:
    """Of one that is sure, by 10 to 80 nats, and right."""
    return _raised(x, y, torch.linspace(10, 80, len(x)))


def wrong(x: Tensor, y: Tensor) -> Tensor:
    """Of one that is as sure, and wrong."""
    return _raised(x, (y + 1) % x.shape[1], torch.linspace(10, 80, len(x)))


def equal(x: Tensor, y: Tensor) -> Tensor:
    """Of one that knows nothing."""
    return x[:, :1].expand_as(x).contiguous()


def shifted(x: Tensor, y: Tensor) -> Tensor:
    """Ordinary logits + 1e4: the same probabilities, as far as the dtype can tell the logits apart."""
    return 3 * x + 1e4


def impossible(x: Tensor, y: Tensor) -> Tensor:
    """One class at −∞."""
    x = 3 * x
    x[torch.arange(len(x)), (y + 1) % x.shape[1]] = -torch.inf
    return x


def two(x: Tensor, y: Tensor) -> Tensor:
    """The right class and another share the top."""
    return _raised(_raised(x, y, torch.full((len(x),), 40.0)), (y + 1) % x.shape[1], torch.full((len(x),), 40.0))


KINDS = {
    "ordinary": ordinary,
    "right with confidence": right,
    "wrong with confidence": wrong,
    "all equal": equal,
    "shifted by 1e4": shifted,
    "one class at −∞": impossible,
    "two on top": two,
}


def _raised(x: Tensor, y: Tensor, by: Tensor) -> Tensor:
    x = x.clamp(-4, 4)
    x[torch.arange(len(x)), y] = by
    return x


def exact(x: np.ndarray, y: int) -> tuple[float, np.ndarray]:
    """Loss and gradient of one row in float64, the 1 of the sum left out of the logarithm: good to about 1e-14."""
    c, place = x.max(), int(x.argmax())
    e = np.exp(x - c)
    others = np.delete(e, place).sum()
    grad = e / (1 + others)
    grad[y] = -(np.delete(e, y).sum()) / (1 + others)
    return (c - x[y]) + np.log1p(others), grad


def trusted() -> float:
    """How far ``exact`` is from 80 digits, relative, on rows of all kinds: loss and gradient."""
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
    """Logits and classes."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(number, width, generator=generator)
    y = torch.randint(width, (number,), generator=generator)
    return KINDS[kind](x, y).to(dtype), y


def errors(f: Callable[..., Tensor], x: Tensor, y: Tensor) -> tuple[float, float, float]:
    """The worst relative error of the loss; of the gradient relative to its largest number; and to each number.

    Numbers below the smallest normal one are left out of the last.
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
    """Errors of ours and of torch's by kind of row and width."""
    for kind in KINDS:
        for width, number in widths.items():
            x, y = rows(kind, width, number, dtype)
            with backend("numba"):
                ours = errors(losses.cross_entropy, x, y)
            yield kind, width, ours, errors(torch.nn.functional.cross_entropy, x, y)


def section() -> str:
    """What was found."""
    single = list(measured(torch.float32, ROWS))
    cells = [
        [f"{kind}, {width}", *(sci(v) for pair in zip(ours, theirs, strict=True) for v in pair)]
        for kind, width, ours, theirs in single
    ]
    worst = max(ours[0] for _, _, ours, _ in single) / EPS
    worst_grad = max(ours[2] for _, _, ours, _ in single) / EPS
    assert max(worst, worst_grad) <= PROMISED, "a row breaks the promise"
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
        trusted=sci(trusted()),
        rows=", ".join(f"{n} rows of {k}" for k, n in ROWS.items()),
    )


TEXT = """\
## Cross-entropy

The worst relative errors of the loss, of the gradient against the largest number in its row, and of the gradient
number by number, in float32; {rows} of each kind. The truth is the formula in float64 on the same logits, itself
within {trusted} of what 80 digits give. An error of 1 means that no digit is right, for instance a loss of 0 that
should be 1e-20.

{single}

torch rounds the sum of exps near 1 to 1, so that a row that is right with confidence has a loss and a gradient of 0,
and nothing more to learn. byhand leaves the 1 out and takes log1p.

**The promise:** loss and each element of the gradient are within {promised} · 2⁻²³ = {size} of themselves, for any
finite logits or −∞, in rows of any length. The worst above are {worst} · 2⁻²³ for the loss and {worst_grad} · 2⁻²³
for an element. Why it holds, in units of u = 2⁻²⁴, half of 2⁻²³: x − max x is rounded once, which changes its exp by
u times the distance, at most 87.4; exp itself adds 2.1 u; a sum of exps runs over at most 256 numbers in float32, in
16 SIMD lanes or more (AVX2; with AVX-512 64), so that a number goes through at most 35 additions, and in float64 from
there on (rows of up to 64 classes: 63 additions, and 4 u for log1p); 1 u for the result, 1 u for the factor 1 / S of
the gradient. That makes 159 u, two thirds of what is promised. Only rows whose loss comes from classes tens of nats
below the top get past a tenth of it: in ordinary rows the distance that matters is a few nats, and the errors of
additions mostly cancel.
Terms below 1.2e-38 are dropped, and with them losses and gradients of that size.

Narrow dtypes: computed in float32 from the stored logits and rounded once, so that 0.50 is perfect (errors in units
of the dtype's eps: 2⁻⁷ of bfloat16, 2⁻¹⁰ of float16):

{narrow}
"""
