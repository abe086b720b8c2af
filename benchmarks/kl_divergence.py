"""KL divergence of probabilities, and of logits with the student's gradient."""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks._row import FLOOR, Call, Faster, Options, Row
from benchmarks.cross_entropy import step
from byhand import losses

TITLE = "KL divergence"
NOTE = "float32, the mean over the rows. Of logits: p is the teacher, q the student, which gets the gradient. Bytes: p \
and q read; of logits, the gradient written too."


def logits(rows: int, classes: int) -> tuple[Tensor, Tensor]:
    """The student's logits, which require a gradient, and the teacher's."""
    torch.manual_seed(0)
    return torch.randn(rows, classes).requires_grad_(), torch.randn(rows, classes)


def probs(rows: int, classes: int) -> tuple[Tensor, Tensor]:
    """Two sets of normalised rows."""
    p, q = logits(rows, classes)
    return p.detach().softmax(-1), q.softmax(-1)


def ours(p: Tensor, q: Tensor) -> Call:
    """Byhand's ``kl_divergence``."""
    return lambda: losses.kl_divergence(p, q)


def torch_expression(p: Tensor, q: Tensor) -> Call:
    """The expression that users write in torch, which handles p = 0."""
    return lambda: torch.where(p > 0, p * (p.log() - q.log()), 0.0).sum(-1).mean()


def torch_kl_div(p: Tensor, q: Tensor) -> Call:
    """Torch's ``kl_div`` of log q and p."""
    return lambda: F.kl_div(q.log(), p, reduction="batchmean")


def rel_entr(p: Tensor, q: Tensor) -> Call:
    """Scipy's ``rel_entr``, in one thread."""
    from scipy.special import rel_entr

    a, b = p.numpy(), q.numpy()
    return lambda: rel_entr(a, b).sum(-1).mean()


def read_both(p: Tensor, q: Tensor) -> Call:
    """A floor: read p and q."""

    def call() -> None:
        p.sum()
        q.sum()

    return call


def add_both(q: Tensor, p: Tensor) -> Call:
    """A floor: read p and q, and write as many numbers as one of them has to new memory."""

    def call() -> None:
        torch.add(q.detach(), p)

    return call


def our_distillation(q: Tensor, p: Tensor) -> Tensor:
    """KL divergence of logits by byhand."""
    return losses.kl_divergence(p, q, given="logits")


def their_distillation(q: Tensor, p: Tensor) -> Tensor:
    """KL divergence of logits by torch."""
    return F.kl_div(q.log_softmax(-1), p.log_softmax(-1), reduction="batchmean", log_target=True)


def rows(options: Options) -> Sequence[Row]:
    """All rows."""
    of_probs = {"byhand": ours, "torch": torch_expression, "torch kl_div": torch_kl_div, "scipy rel_entr": rel_entr}
    of_probs[FLOOR + "adding up p and q"] = read_both
    of_logits = {
        "byhand": step(our_distillation),
        "torch": step(their_distillation),
        FLOOR + "the sum of p and q in a new tensor": add_both,
    }
    if not options.quick:  # compiling takes many seconds
        of_logits["torch.compile"] = step(their_distillation, compiled=True)
    found = []
    for key, R, C in (("vocabulary", 2048, 50257), ("thousand", 65536, 1000)):
        R = options.cut(R)
        title, needed = f"probabilities, {R} × {C}", 8 * R * C
        targets = (Faster(40, ("torch",)),)
        found.append(Row(key, title, partial(probs, R, C), of_probs, needed, targets=targets, memory=True))
    R, C = options.cut(2048), 50257
    targets = (Faster(12, ("torch",)), Faster(2.5, ("torch.compile",)))
    title = f"logits, forward + backward, {R} × {C}"
    found.append(Row("logits", title, partial(logits, R, C), of_logits, 12 * R * C, targets=targets, memory=True))
    return found
