"""``byhand warmup``: compile the kernels in advance, for example for a container image."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from byhand.cli._commands import Lang
from byhand.cli._names import DTYPES, WARM
from byhand.cli._terminal import WRONG, console, failure, unknown
from byhand.cli._texts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch


def warmup(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", autocompletion=lambda: list(WARM))] = None,
    dtype: Annotated[
        list[str] | None, typer.Option("--dtype", metavar="DTYPE", autocompletion=lambda: list(DTYPES))
    ] = None,
    lang: Lang = "",
) -> None:
    """Compile the CPU kernels, and keep them for later processes."""
    chosen = dtype or ["float32"]
    for argument, given, known in (("--dtype", chosen, DTYPES), ("NAME", names or [], WARM)):
        for name in given:
            if name not in known:
                raise unknown(argument, "warmup", name, known)
    import torch

    out, start = console(), perf_counter()
    for name in chosen:
        for formula, key, call in _calls(getattr(torch, name)):
            if names and formula not in names:
                continue
            begun, what = perf_counter(), say(key)
            try:
                call()
            except RuntimeError as error:
                raise failure("not compiled", WRONG, what=what, dtype=name, why=error) from None
            out.print(say("compiled", what=what, dtype=name, seconds=perf_counter() - begun))
    out.print(say("they are there" if names else "all are there", seconds=perf_counter() - start))


def _calls(dtype: torch.dtype) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Formula, text key and call for each kernel. Together they compile every variant that a plain call can need."""
    import torch

    from byhand import backend, losses, metrics, optim
    from byhand.evaluate.warmup import call_kernels

    def loss(classes: int, soft: bool) -> None:
        for rows in sizes(classes):
            logits = torch.zeros(rows, classes, dtype=dtype, requires_grad=True)
            target = torch.full_like(logits, 1 / classes).detach() if soft else torch.zeros(rows, dtype=torch.long)
            with backend("numba"):
                torch.autograd.grad(losses.cross_entropy(logits, target), logits)

    def divergence(compute: Callable[..., torch.Tensor], **options: str) -> None:
        for rows in sizes(3):
            p = torch.full((rows, 3), 1 / 3, dtype=dtype, requires_grad=True)
            with backend("numba"):
                torch.autograd.grad(compute(p, p.detach(), **options), p)
                compute(p.detach(), p.detach(), **options)

    def sizes(classes: int) -> tuple[int, ...]:
        """Row counts with a small gradient; with a large one in fresh memory; and with one in reused memory."""
        many = (1 << 24) // dtype.itemsize // classes + 1  # 16 MB
        return 2, many, many

    def step(make: Callable[[list[torch.Tensor]], torch.optim.Optimizer]) -> None:
        p = torch.zeros(3, dtype=dtype, requires_grad=True)
        p.grad = torch.ones_like(p)
        with backend("numba"):
            make([p]).step()

    def area(n: int, weight: torch.Tensor | None = None, every: int = 2) -> None:
        labels, scores = torch.arange(n) % every == 1, torch.linspace(0, 1, n).to(dtype)
        with backend("numba"):
            for y in (labels, labels.long()):
                metrics.roc_auc_score(y, scores, sample_weight=weight)

    yield "cross_entropy", "ce few", lambda: loss(3, False)
    yield "cross_entropy", "ce many", lambda: loss(100, False)
    yield "cross_entropy", "ce soft", lambda: loss(3, True)
    for given in ("probs", "log_probs", "weights", "logits"):
        yield "kl_divergence", f"kl {given}", partial(divergence, losses.kl_divergence, given=given)
    yield "kl_divergence", "kl_div", partial(divergence, losses.kl_div, reduction="sum")
    yield "sgd", "sgd", lambda: step(optim.SGD)
    yield "momentum", "momentum", lambda: step(lambda p: optim.SGD(p, momentum=0.9))
    yield "adam", "adam", lambda: step(optim.Adam)
    yield "adamw", "adamw", lambda: step(optim.AdamW)
    yield "roc_auc", "auc few", lambda: area(3)
    yield "roc_auc", "auc many", lambda: area(1 << 18)
    yield "roc_auc", "auc rare", lambda: area(1 << 18, every=100)
    yield "roc_auc", "auc weights", lambda: area(3, torch.ones(3))
    if dtype in (torch.float32, torch.float64):  # the dtypes of scores that files have
        yield "evaluate", "evaluation", lambda: call_kernels(torch.empty(0, dtype=dtype).numpy().dtype)
