"""The cells of the losses: loss × option × layout × size, with a gradient and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks._row import Options, Row
from benchmarks.grid.cells import LAYOUTS, Inputs, cell, layouts_of, leaf
from byhand import losses


def cross_entropy_sizes(options: Options) -> dict[str, tuple[int, ...]]:
    """The shapes of the logits."""
    cut = options.cut
    return {
        "1 row": (10,),
        "32 × 10": (32, 10),
        "3 classes": (cut(1 << 20), 3),
        "10 classes": (cut(1 << 18), 10),
        "1000 classes": (cut(8192), 1000),
        "50257 classes": (cut(512), cut(50257)),
        "images, 2 classes": (cut(16, 16), 2, cut(128, 4), cut(128, 4)),
        "images, 21 classes": (cut(4, 4), 21, cut(128, 4), cut(128, 4)),
        "images, 150 classes": (cut(2, 2), 150, cut(64, 4), cut(64, 4)),
    }


CROSS_ENTROPY: Mapping[str, dict[str, Any]] = {
    "classes": {},
    "ignored": {},
    "weight": {"weight": True},
    "smoothing": {"label_smoothing": 0.1},
    "weight, smoothing": {"weight": True, "label_smoothing": 0.1},
    "sum": {"reduction": "sum"},
    "none": {"reduction": "none"},
    "probabilities": {},
    "probabilities, weight": {"weight": True},
    "probabilities with a gradient": {},
}
"""For each option, the keywords of the loss; ``weight`` stands for a tensor of class weights."""


def classification(shape: tuple[int, ...], option: str, layout: str) -> Inputs:
    """Logits, targets and class weights."""
    x, dim = leaf(shape, layout), min(1, len(shape) - 1)
    if option.startswith("probabilities"):
        target = torch.rand(shape).softmax(dim).requires_grad_(option.endswith("gradient"))
    else:
        target = torch.randint(shape[dim], shape[:dim] + shape[dim + 1 :])
        if option == "ignored":
            target[torch.rand(target.shape) < 0.3] = -100
    return (x, target, torch.rand(shape[dim])) if "weight" in option else (x, target)


def of_cross_entropy(options: Options) -> Iterator[Row]:
    """Cross-entropy of logits."""
    for (option, given), (size, shape) in product(CROSS_ENTROPY.items(), cross_entropy_sizes(options).items()):
        rest = {name: value for name, value in given.items() if name != "weight"}
        for layout in layouts_of(shape):
            if option == "ignored" and len(shape) == 1:
                continue
            data = partial(classification, shape, option, layout)
            ours, theirs = (partial(of.cross_entropy, **rest) for of in (losses, F))
            yield from cell(f"cross-entropy/{option}/{layout}/{size}", data, ours, {"torch": theirs})


BINARY: Mapping[str, dict[str, Any]] = {
    "plain": {},
    "weight": {"weight": True},
    "pos_weight": {"pos_weight": True},
    "none": {"reduction": "none"},
}


def pairs(shape: tuple[int, ...], layout: str) -> Inputs:
    """Logits, and a probability for each."""
    return leaf(shape, layout), LAYOUTS[layout](torch.rand(shape))


def of_binary_cross_entropy(options: Options) -> Iterator[Row]:
    """Binary cross-entropy of logits; a weight for each column."""
    cut = options.cut
    sizes: dict[str, tuple[int, ...]] = {
        "32 × 1": (32, 1),
        "4096 × 80": (cut(4096), 80),
        "images": (cut(16, 16), 1, cut(512, 4), cut(512, 4)),
    }
    for (option, given), (size, shape) in product(BINARY.items(), sizes.items()):
        rest = {name: torch.rand(shape[-1]) if value is True else value for name, value in given.items()}
        for layout in layouts_of(shape):
            ours, theirs = (partial(of.binary_cross_entropy_with_logits, **rest) for of in (losses, F))
            key, data = f"binary cross-entropy/{option}/{layout}/{size}", partial(pairs, shape, layout)
            yield from cell(key, data, ours, {"torch": theirs})


KL_DIV: Mapping[str, dict[str, Any]] = {
    "batchmean": {"reduction": "batchmean"},
    "sum": {"reduction": "sum"},
    "none": {"reduction": "none"},
    "log_target": {"reduction": "batchmean", "log_target": True},
}


def log_pairs(shape: tuple[int, ...], option: str, layout: str) -> Inputs:
    """log q and p, or log p."""
    p = torch.randn(shape).log_softmax(-1)
    log_q = leaf(shape, layout, lambda x: x.log_softmax(-1))
    return log_q, LAYOUTS[layout](p if option == "log_target" else p.exp())


def of_kl_div(options: Options) -> Iterator[Row]:
    """KL divergence with torch's arguments."""
    sizes = {"32 × 10": (32, 10), "1000 classes": (options.cut(8192), 1000), "50257 classes": (options.cut(512), 50257)}
    for (option, given), (size, shape) in product(KL_DIV.items(), sizes.items()):
        for layout in layouts_of(shape):
            ours, theirs = (partial(of.kl_div, **given) for of in (losses, F))
            data = partial(log_pairs, shape, option, layout)
            yield from cell(f"kl_div/{option}/{layout}/{size}", data, ours, {"torch": theirs})


GIVEN: Mapping[str, tuple[Callable[[Tensor, int], Tensor], Callable[[Tensor, int], Tensor]]] = {
    "logits": (lambda x, dim: x, lambda x, dim: x.log_softmax(dim)),
    "log_probs": (lambda x, dim: x.log_softmax(dim), lambda x, dim: x),
    "probs": (lambda x, dim: x.softmax(dim), lambda x, dim: x.log()),
    "weights": (lambda x, dim: x.exp(), lambda x, dim: (x / x.sum(dim, keepdim=True)).log()),
}
"""For each kind of input, how it is made from random numbers, and how a user of torch turns it into logarithms."""


def of_kl_divergence(options: Options) -> Iterator[Row]:
    """KL divergence with byhand's arguments, beside an expression of torch's operations; the gradient is that of q."""
    cut = options.cut
    sizes: dict[str, tuple[tuple[int, ...], int]] = {
        "32 × 10": ((32, 10), -1),
        "1000 classes": ((cut(8192), 1000), -1),
        "50257 classes": ((cut(512), 50257), -1),
        "images, 21 classes": ((cut(4, 4), 21, cut(128, 4), cut(128, 4)), 1),
    }
    for (given, (make, log)), (size, (shape, dim)) in product(GIVEN.items(), sizes.items()):
        for layout, T in product(layouts_of(shape), (1.0, 2.0) if given == "logits" else (1.0,)):
            number = torch.Size(shape).numel() // shape[dim]

            def ours(q: Tensor, p: Tensor, given: str = given, dim: int = dim, T: float = T) -> Tensor:
                return losses.kl_divergence(p, q, given=given, dim=dim, temperature=T)

            def theirs(q: Tensor, p: Tensor, log: Any = log, dim: int = dim, T: float = T, n: int = number) -> Tensor:
                log_q, log_p = log(q if T == 1 else q / T, dim), log(p if T == 1 else p / T, dim)
                return F.kl_div(log_q, log_p, reduction="sum", log_target=True) * (T * T / n)

            def data(shape: Any = shape, layout: str = layout, make: Any = make, dim: int = dim) -> Inputs:
                q = leaf(shape, layout, lambda x: make(x, dim))
                return q, LAYOUTS[layout](make(torch.randn(shape), dim))

            option = given if T == 1 else f"{given}, temperature"
            yield from cell(f"kl_divergence/{option}/{layout}/{size}", data, ours, {"torch": theirs})


LINEAR: Mapping[str, dict[str, Any]] = {
    "classes": {},
    "bias": {"linear_bias": True},
    "weight": {"weight": True},
    "smoothing": {"label_smoothing": 0.1},
    "none": {"reduction": "none"},
    "probabilities": {},
}


def layer(rows: int, width: int, classes: int, option: str) -> Inputs:
    """The input and the weight of a linear layer, and targets."""
    x, weight = leaf((rows, width), "contiguous"), (0.1 * torch.randn(classes, width)).requires_grad_()
    soft = option == "probabilities"
    return x, weight, torch.rand(rows, classes).softmax(-1) if soft else torch.randint(classes, (rows,))


def of_linear_cross_entropy(options: Options) -> Iterator[Row]:
    """Cross-entropy of a linear layer's logits, beside torch's two ways; before torch 2.13 there are none."""
    if not hasattr(F, "linear_cross_entropy"):
        return
    cut = options.cut
    sizes = {"32 × 10": (32, 16, 10), "1000 classes": (cut(4096), 64, 1000), "32000 classes": (cut(1024), 64, 32000)}
    for (option, given), (size, (rows, width, classes)) in product(LINEAR.items(), sizes.items()):
        rest = {name: torch.rand(classes) if value is True else value for name, value in given.items()}
        theirs = {"torch": partial(F.linear_cross_entropy, **rest)}
        if option != "probabilities":  # in parts torch takes classes only
            chunks = torch.nn.LinearCrossEntropyOptions()
            theirs["torch in parts"] = partial(F.linear_cross_entropy, **rest, options=chunks)
        ours, data = partial(losses.linear_cross_entropy, **rest), partial(layer, rows, width, classes, option)
        yield from cell(f"linear_cross_entropy/{option}/contiguous/{size}", data, ours, theirs)


def rows(options: Options) -> list[Row]:
    """All cells of the losses."""
    of = (of_cross_entropy, of_binary_cross_entropy, of_kl_div, of_kl_divergence, of_linear_cross_entropy)
    return [row for cells in of for row in cells(options)]
