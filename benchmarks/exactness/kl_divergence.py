"""KL divergence where p ≈ q, ours and torch's, against 40 digits; and its branches at 0."""

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
    """As in distillation code."""
    return functional.kl_div(q.log_softmax(-1), p.log_softmax(-1), reduction="none", log_target=True).sum(-1)


def torch_weights(p: Tensor, q: Tensor) -> Tensor:
    """Normalised first."""
    return torch_probs(p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True))


def torch_probs(p: Tensor, q: Tensor) -> Tensor:
    """As the documentation of torch has it."""
    return functional.kl_div(q.log(), p, reduction="none").sum(-1)


def naive(p: Tensor, q: Tensor) -> Tensor:
    """As on the whiteboard."""
    return (p * (p.log() - q.log())).sum(-1)


def naive_logits(p: Tensor, q: Tensor) -> Tensor:
    """As on the whiteboard, after a softmax."""
    return naive(p.softmax(-1), q.softmax(-1))


def naive_weights(p: Tensor, q: Tensor) -> Tensor:
    """As on the whiteboard, normalised first."""
    return naive(p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True))


PEERS: dict[str, tuple[Callable[..., Tensor], Callable[..., Tensor]]] = {
    "logits": (torch_logits, naive_logits),
    "weights": (torch_weights, naive_weights),
    "probs": (torch_probs, naive),
}


def rows(given: str, distance: float) -> tuple[Tensor, Tensor]:
    """float32 rows whose logits are about ``distance`` apart."""
    generator = torch.Generator().manual_seed(1)
    p = 2 * torch.randn(ROWS, WIDTH, generator=generator, dtype=torch.float64)
    q = p + distance * torch.randn(ROWS, WIDTH, generator=generator, dtype=torch.float64)
    if given != "logits":
        p, q = p.exp(), q.exp()
    if given == "probs":
        p, q = p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True)
    return p.float(), q.float()


def exact(given: str, p: Tensor, q: Tensor) -> list[float]:
    """What these very float32 numbers have for a divergence; of probabilities, taken as they are."""
    found = []
    with mpmath.workdps(40):
        for a, b in zip(p.tolist(), q.tolist(), strict=True):
            P, Q = ([mpmath.exp(v) if given == "logits" else mpmath.mpf(v) for v in x] for x in (a, b))
            S, T = (1, 1) if given == "probs" else (mpmath.fsum(P), mpmath.fsum(Q))
            found.append(float(mpmath.fsum(u / S * mpmath.log(u / S / (v / T)) for u, v in zip(P, Q, strict=True))))
    return found


def near() -> str:
    """The table of relative errors."""
    lines = []
    for given, peers in PEERS.items():
        for distance in DISTANCES:
            p, q = rows(given, distance)
            truth = exact(given, p, q)
            with backend("numba"):
                ours = losses.kl_divergence(p, q, given=given, reduction="none").tolist()
            found = [ours, *(peer(p, q).tolist() for peer in peers)]
            off = [max(abs(a - b) / abs(b) for a, b in zip(x, truth, strict=True)) for x in found]
            assert off[0] <= 2**-22 / distance, "what the text says does not hold"
            signs = [sum(a < 0 for a in x) for x in (truth, *found)]
            size = sci(sorted(truth)[ROWS // 2])
            lines.append([f"{given}, {sci(distance)}", size, *map(sci, off), " / ".join(map(str, signs))])
    below = "negative: truth / byhand / torch / naive"
    return table(["given, distance", "KL", "byhand", "torch kl_div", "p · (log p − log q)", below], lines)


def far() -> str:
    """The table of relative errors of logits that are far from 0, or from each other."""
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
            assert off[0] <= 2**-21, "what the text says does not hold"
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


def branches() -> str:
    """The table of branches."""
    lines = []
    for name, a, b, truth in BRANCHES:
        p, q = torch.tensor([a]), torch.tensor([b])
        with backend("numba"):
            ours = losses.kl_divergence(p, q, reduction="none")
        lines.append([name, truth, *(f"{x.item():.6g}" for x in (ours, torch_probs(p, q), naive(p, q)))])
    return table(["branch", "truth", "byhand", "torch kl_div", "p · (log p − log q)"], lines)


def section() -> str:
    """What was found."""
    return TEXT.format(near=near(), far=far(), branches=branches(), rows=ROWS, width=WIDTH)


TEXT = """\
## KL divergence

A distillation that works, or a policy that has hardly moved, has p ≈ q, and KL is about half the square of the
distance. In Σ p · log(p / q) positive and negative terms, each of the size of the distance, then cancel. Normalised
rows may have q − p added to each term, which sums to 0 and leaves p · φ(q / p), φ(t) = t − 1 − log t ≥ 0: nothing
cancels, and the sum of such terms is not negative. The worst relative error of {rows} float32 rows of {width}
classes, the truth being 40 digits on the same float32 numbers:

{near}

An error of 1 or more means that no digit is right. What is left of ours, here never more than 2⁻²² / distance, comes
from log(q / p), which is off by about 2⁻²³ as the sums and the normalised numbers are float32.

Logits mean the same when a constant is added to all of a row. Where that is large the difference of two logits is
rounded by as much as the whole divergence may be; byhand keeps what rounding loses, and takes the maxima out of it
first (the truth is that of the float32 numbers after the shift; the error is within 2⁻²¹):

{far}

`"probs"` are taken as they are, as torch takes them. Rounded to float32 they no longer sum to 1, and the plain sum,
which is what was asked for, may then be negative in truth as well. `given="weights"` divides by the sum and cannot
be.

{branches}
"""
