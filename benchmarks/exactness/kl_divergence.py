"""Errors of KL divergence where p ≈ q: byhand's and torch's, against 40 digits; and the results at 0 and ∞."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.exactness.text import sci, table
from byhand import backend, losses

DISTANCES = [10.0**-k for k in range(1, 8)]
ROWS, WIDTH = 6, 1000


def torch_logits(p: Tensor, q: Tensor) -> Tensor:
    """Torch's ``kl_div`` of logits, as in distillation code."""
    return functional.kl_div(q.log_softmax(-1), p.log_softmax(-1), reduction="none", log_target=True).sum(-1)


def torch_weights(p: Tensor, q: Tensor) -> Tensor:
    """Torch's ``kl_div`` of weights, which are normalised first."""
    return torch_probs(p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True))


def torch_probs(p: Tensor, q: Tensor) -> Tensor:
    """Torch's ``kl_div`` of probabilities, as its documentation shows."""
    return functional.kl_div(q.log(), p, reduction="none").sum(-1)


def naive(p: Tensor, q: Tensor) -> Tensor:
    """The definition, term by term."""
    return (p * (p.log() - q.log())).sum(-1)


def naive_logits(p: Tensor, q: Tensor) -> Tensor:
    """The definition, after a softmax."""
    return naive(p.softmax(-1), q.softmax(-1))


def naive_weights(p: Tensor, q: Tensor) -> Tensor:
    """The definition, of normalised weights."""
    return naive(p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True))


PEERS: dict[str, tuple[Callable[..., Tensor], Callable[..., Tensor]]] = {
    "logits": (torch_logits, naive_logits),
    "weights": (torch_weights, naive_weights),
    "probs": (torch_probs, naive),
}


def rows(given: str, distance: float) -> tuple[Tensor, Tensor]:
    """float32 rows p and q whose logits differ by about ``distance``."""
    generator = torch.Generator().manual_seed(1)
    p = 2 * torch.randn(ROWS, WIDTH, generator=generator, dtype=torch.float64)
    q = p + distance * torch.randn(ROWS, WIDTH, generator=generator, dtype=torch.float64)
    if given != "logits":
        p, q = p.exp(), q.exp()
    if given == "probs":
        p, q = p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True)
    return p.float(), q.float()


def exact(given: str, p: Tensor, q: Tensor) -> list[float]:
    """The divergence of these float32 rows, with 40 digits; probabilities are not normalised."""
    found = []
    with mpmath.workdps(40):
        for a, b in zip(p.tolist(), q.tolist(), strict=True):
            P, Q = ([mpmath.exp(v) if given == "logits" else mpmath.mpf(v) for v in x] for x in (a, b))
            S, T = (1, 1) if given == "probs" else (mpmath.fsum(P), mpmath.fsum(Q))
            found.append(float(mpmath.fsum(u / S * mpmath.log(u / S / (v / T)) for u, v in zip(P, Q, strict=True))))
    return found


def near_table() -> str:
    """The table of relative errors where p ≈ q."""
    lines = []
    for given, peers in PEERS.items():
        for distance in DISTANCES:
            p, q = rows(given, distance)
            truth = exact(given, p, q)
            with backend("numba"):
                ours = losses.kl_divergence(p, q, given=given, reduction="none").tolist()
            found = [ours, *(peer(p, q).tolist() for peer in peers)]
            off = [max(abs(a - b) / abs(b) for a, b in zip(x, truth, strict=True)) for x in found]
            assert off[0] <= 2**-22 / distance, "the error exceeds the bound in TEXT"
            signs = [sum(a < 0 for a in x) for x in (truth, *found)]
            size = sci(sorted(truth)[ROWS // 2])
            lines.append([f"{given}, {sci(distance)}", size, *map(sci, off), " / ".join(map(str, signs))])
    below = "negative: exact / byhand / torch / naive"
    return table(["given, distance", "KL", "byhand", "torch kl_div", "p · (log p − log q)", below], lines)


def far_table() -> str:
    """The table of relative errors of logits with a large constant added."""
    lines = []
    for shift_p, shift_q in SHIFTS:
        for distance in (1.0, 0.1):
            p, q = rows("logits", distance)
            p, q = p + shift_p, q + shift_q
            truth = exact("logits", p, q)
            with backend("numba"):
                ours = losses.kl_divergence(p, q, given="logits", reduction="none").tolist()
            found = [ours, *(peer(p, q).tolist() for peer in PEERS["logits"])]
            off = [max(abs(a - b) / abs(b) for a, b in zip(x, truth, strict=True)) for x in found]
            assert off[0] <= 2**-21, "the error exceeds the bound in TEXT"
            size = sci(sorted(truth)[ROWS // 2])
            lines.append([f"{sci(shift_p)}, {sci(shift_q)}, {sci(distance)}", size, *map(sci, off)])
    return table(["p's and q's shift, distance", "KL", "byhand", "torch kl_div", "p · (log p − log q)"], lines)


SHIFTS = [(0.0, 0.0), (0.0, 1e3), (0.0, 1e4), (1e4, 1e4), (-1e4, 1e4)]

BRANCHES = [
    ("p = 0 < q", [0.0, 1.0], [0.5, 0.5], "log 2"),
    ("p > 0 = q", [0.5, 0.5], [0.0, 1.0], "∞"),
    ("p = q = 0", [0.0, 1.0], [0.0, 1.0], "0"),
    ("p = 1e-40", [1e-40, 1.0], [1.0, 1.0], "−9.2e-39"),
    ("q = 1e-40", [0.5, 0.5], [1e-40, 1.0], "45.36"),
    ("p < 0", [-0.5, 1.5], [0.5, 0.5], "none: nan"),
]


def branches_table() -> str:
    """The table of results at 0, ∞ and denormal numbers."""
    lines = []
    for name, a, b, truth in BRANCHES:
        p, q = torch.tensor([a]), torch.tensor([b])
        with backend("numba"):
            ours = losses.kl_divergence(p, q, reduction="none")
        lines.append([name, truth, *(f"{x.item():.6g}" for x in (ours, torch_probs(p, q), naive(p, q)))])
    return table(["branch", "exact", "byhand", "torch kl_div", "p · (log p − log q)"], lines)


def section() -> str:
    """The Markdown of this section."""
    return TEXT.format(near=near_table(), far=far_table(), branches=branches_table(), rows=ROWS, width=WIDTH)


TEXT = """\
## KL divergence

In successful distillation, or after a small policy update, p ≈ q, and KL is about half the square of their distance.
The terms of Σ p · log(p / q) are positive and negative, each of the size of the distance, and cancel. If rows are
normalised, q − p can be added to each term, because it sums to 0. The terms are then p · φ(q / p),
φ(t) = t − 1 − log t ≥ 0: nothing cancels, and the sum is not negative. The table gives the largest relative error over
{rows} float32 rows of {width} classes; the reference is computed with 40 digits from the same float32 numbers.
*Distance* is the standard deviation of the differences between the logits of p and q, *KL* the median of the exact
results. *Negative* counts the rows, of {rows}, with a negative result; *naive* is p · (log p − log q):

{near}

An error of 1 or more means that no digit is correct. byhand's error, here at most 2⁻²² / distance, comes from
log(q / p): the sums and the normalised numbers are float32, so this logarithm has an absolute error of about 2⁻²³.

Adding a constant to all logits of a row, a shift, does not change the probabilities. But rounding at the size of a
large shift may cost as much as the whole divergence. byhand keeps the difference of two logits exactly, as
two numbers, and first subtracts the difference of the rows' maxima from it. (The reference is the divergence of the
shifted logits as float32 stores them; byhand's error is at most 2⁻²¹.)

{far}

`"probs"` are not normalised, as in torch. Rounded to float32, they no longer sum to 1, so that even the exact sum may
be negative. With `given="weights"`, rows are divided by their sums, and the result cannot be negative.

Special values, in rows of two classes; the first column describes the special class:

{branches}
"""
