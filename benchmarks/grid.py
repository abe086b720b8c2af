"""Losses and optimizer steps in shapes, layouts and options that the other files do not cover."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks._row import Call, Faster, Make, Options, Row
from benchmarks.cross_entropy import step
from byhand import losses, optim

TITLE = "Other shapes, layouts and options"
NOTE = "float32. Losses forward + backward, with a new gradient tensor at each step, or forward alone; steps of AdamW."

LAST = torch.channels_last
Loss = Callable[[Any, Tensor], Tensor]
"""Computes a loss of logits with the functions of a module: byhand's or torch's, which have the same names."""


def forward(loss: Any) -> Make:
    """A contestant: the loss without gradients."""

    def make(x: Tensor) -> Call:
        z = x.detach()
        return lambda: loss(z)

    return make


def logits(*shape: int, layout: torch.memory_format = torch.contiguous_format) -> tuple[Tensor]:
    """Logits that require a gradient."""
    torch.manual_seed(0)
    return (torch.randn(shape).to(memory_format=layout).requires_grad_(),)


def cases(options: Options) -> dict[str, tuple[tuple[Tensor], Loss]]:
    """The logits and the loss of each case, by name."""
    found: dict[str, tuple[tuple[Tensor], Loss]] = {}
    images, few, many = (options.cut(4, 4), 21, 128, 128), (options.cut(16, 16), 2, 128, 128), (2, 150, 64, 64)
    rows = options.cut(1 << 20)
    for shape in (images, few, many, (rows, 3)):
        classes = shape[1]
        y, t = torch.randint(classes, shape[:1] + shape[2:]), torch.rand(shape).softmax(1)
        weight = torch.rand(classes)
        kinds: dict[str, Loss] = {
            "": lambda of, x, y=y: of.cross_entropy(x, y),
            ", weight": lambda of, x, y=y, w=weight: of.cross_entropy(x, y, w),
            ", probabilities": lambda of, x, t=t: of.cross_entropy(x, t),
            ", smoothing": lambda of, x, y=y: of.cross_entropy(x, y, label_smoothing=0.1),
        }
        for kind, loss in kinds.items():
            found[f"cross-entropy of {shape}{kind}"] = logits(*shape), loss
        if len(shape) == 4:
            found[f"cross-entropy of {shape}, channels last"] = logits(*shape, layout=LAST), kinds[""]
    target = torch.rand(rows // 16, 10).softmax(1).requires_grad_()
    found[f"cross-entropy of {(rows // 16, 10)}, probabilities with a gradient"] = (
        logits(rows // 16, 10),
        lambda of, x: of.cross_entropy(x, target),
    )
    for shape in ((4096, 80), (options.cut(16, 16), 1, 512, 512), (32, 1)):
        t = torch.rand(shape)
        found[f"binary cross-entropy of {shape}"] = (
            logits(*shape),
            lambda of, x, t=t: of.binary_cross_entropy_with_logits(x, t),
        )
    y, one = torch.randint(10, (32,)), torch.tensor(3)
    found["cross-entropy of (10,)"] = logits(10), lambda of, x: of.cross_entropy(x, one)
    found['cross-entropy of (32, 10), reduction="none"'] = (
        logits(32, 10),
        lambda of, x: of.cross_entropy(x, y, reduction="none").sum(),
    )
    return found


def divergence(given: str, shape: tuple[int, ...]) -> tuple[tuple[Tensor], Any, Any]:
    """The logits of q, and KL(p‖q) over the classes by byhand and by torch."""
    (q,) = logits(*shape)
    p = torch.randn(shape) if given == "logits" else torch.randn(shape).log_softmax(1)
    rows = p.numel() // shape[1]

    def theirs(x: Tensor) -> Tensor:
        log_q, log_p = (x.log_softmax(1), p.log_softmax(1)) if given == "logits" else (x, p)
        return F.kl_div(log_q, log_p, reduction="sum", log_target=True) / rows

    return (q,), partial(losses.kl_divergence, p, dim=1, given=given), theirs


def parameters(layout: torch.memory_format = torch.contiguous_format) -> tuple[list[Tensor]]:
    """The weights of 20 small convolutions."""
    torch.manual_seed(0)
    return ([torch.randn(64, 64, 3, 3).to(memory_format=layout).requires_grad_() for _ in range(20)],)


def alternating_gradients(optimizer: Any) -> Make:
    """A contestant: a step of AdamW where every other gradient is None, alternately the odd and the even ones."""

    def make(params: list[Tensor]) -> Call:
        own = [p.detach().clone().requires_grad_() for p in params]
        opt, grads, turn = optimizer(own), [torch.randn_like(p) for p in own], [0]

        def call() -> None:
            turn[0] += 1
            for i, (p, g) in enumerate(zip(own, grads, strict=True)):
                p.grad = g if (i + turn[0]) % 2 else None
            opt.step()

        return call

    return make


def contiguous_gradients(optimizer: Any) -> Make:
    """A contestant: a step of AdamW with contiguous gradients, also of channels-last parameters."""

    def make(params: list[Tensor]) -> Call:
        own = [p.detach().clone().requires_grad_() for p in params]
        for p in own:
            p.grad = torch.randn(p.shape)
        return optimizer(own).step  # type: ignore[no-any-return]

    return make


def rows(options: Options) -> Sequence[Row]:
    """All rows."""
    found, targets = [], (Faster(1.0, ("torch",)),)
    for title, (data, loss) in cases(options).items():
        ours, theirs = partial(loss, losses), partial(loss, F)
        for how, contestant in (("", step), (", forward", forward)):
            if how and "with a gradient" in title:
                continue
            contestants = {"byhand": contestant(ours), "torch": contestant(theirs)}
            made = partial(tuple, data)
            found.append(Row(title + how, title + how, made, contestants, targets=targets, tolerance=1e-3, budget=1.0))
    shape = (options.cut(4, 4), 21, 128, 128)
    for given in ("log_probs", "logits"):
        data, ours, theirs = divergence(given, shape)
        contestants = {"byhand": step(ours), "torch": step(theirs)}
        title = f"KL divergence of {shape}, {given}"
        found.append(Row(title, title, partial(tuple, data), contestants, targets=targets, tolerance=1e-3, budget=1.0))
    fused = partial(torch.optim.AdamW, fused=True)  # wrong for gradients that have other strides than their parameters
    for title, made, make, peer in (
        ("AdamW, every other gradient None, alternating", parameters, alternating_gradients, fused),
        (
            "AdamW, channels-last, contiguous gradients",
            partial(parameters, LAST),
            contiguous_gradients,
            torch.optim.AdamW,
        ),
    ):
        contestants = {"byhand": make(optim.AdamW), "torch": make(peer)}
        found.append(Row(title, title, made, contestants, targets=targets, budget=1.0))
    return found
