"""``byhand warmup``: compile the kernels now, so that an image or a first request need not."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from byhand.cli._terminal import WRONG, console, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch

DTYPES = ("float32", "float64", "bfloat16", "float16")
KERNELS = ("cross_entropy", "kl_divergence", "sgd", "momentum", "adam", "adamw", "roc_auc")


def warmup(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help=f"Which: {', '.join(KERNELS)}; all if none is named."),
    ] = None,
    dtype: Annotated[
        list[str] | None, typer.Option("--dtype", metavar="DTYPE", help=f"One of {', '.join(DTYPES)}; may be repeated.")
    ] = None,
) -> None:
    """Compile the kernels of the CPU, and keep them for processes to come.

    Without it each is compiled at its first call, in about a second. What is compiled is kept in the package's folder
    or, if that can't be written, in the user's cache (`NUMBA_CACHE_DIR` chooses another).

    - `byhand warmup` compiles for float32;
    - `byhand warmup adamw cross_entropy` these two alone;
    - `byhand warmup --dtype float32 --dtype bfloat16` for both dtypes.
    """
    chosen = dtype or ["float32"]
    for argument, given, known in (("--dtype", chosen, DTYPES), ("NAME", names or [], KERNELS)):
        for name in given:
            if name not in known:
                raise failure(f"`{argument}` of `warmup` must be one of {', '.join(known)}, got {name}.")
    import torch

    out, start = console(), perf_counter()
    for name in chosen:
        for formula, what, call in _calls(getattr(torch, name)):
            if names and formula not in names:
                continue
            begun = perf_counter()
            try:
                call()
            except RuntimeError as error:
                raise failure(f"{what} of {name} can't be compiled: {error}", WRONG) from None
            out.print(f"{what} of {name}: {perf_counter() - begun:.2f} s")
    out.print(f"{'They' if names else 'All kernels'} are there, after {perf_counter() - start:.1f} s.")


def _calls(dtype: torch.dtype) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """A formula, words and a call for each kernel; together they compile every variant that a plain call can need."""
    import torch

    from byhand import backend, losses, metrics, optim

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
        """Rows of a small gradient; of a large one, in fresh memory; and of one in memory that was kept."""
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

    yield "cross_entropy", "cross-entropy of few classes", lambda: loss(3, False)
    yield "cross_entropy", "cross-entropy of many classes", lambda: loss(100, False)
    yield "cross_entropy", "cross-entropy of probabilities", lambda: loss(3, True)
    for given in ("probs", "log_probs", "weights", "logits"):
        yield "kl_divergence", f"KL divergence of {given}", partial(divergence, losses.kl_divergence, given=given)
    yield "kl_divergence", "kl_div", partial(divergence, losses.kl_div, reduction="sum")
    yield "sgd", "SGD", lambda: step(optim.SGD)
    yield "momentum", "momentum", lambda: step(lambda p: optim.SGD(p, momentum=0.9))
    yield "adam", "Adam", lambda: step(optim.Adam)
    yield "adamw", "AdamW", lambda: step(optim.AdamW)
    yield "roc_auc", "ROC AUC of few rows", lambda: area(3)
    yield "roc_auc", "ROC AUC of many rows", lambda: area(1 << 18)
    yield "roc_auc", "ROC AUC with a rare class", lambda: area(1 << 18, every=100)
    yield "roc_auc", "ROC AUC with weights", lambda: area(3, torch.ones(3))
