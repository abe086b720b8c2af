"""The training loop, and a race: several sides train in turns, from the same start on the same batches."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass
class Side:
    """One participant of a race: its network, optimizer, loss and log."""

    network: nn.Sequential
    optimizer: torch.optim.Optimizer
    loss: Loss
    losses: list[float] = field(default_factory=list)
    """The loss of every step."""
    seconds: float = 0.0
    """Seconds spent in the step loop."""

    @property
    def parameters(self) -> Tensor:
        """All parameters as one vector."""
        return nn.utils.parameters_to_vector(self.network.parameters()).detach()

    def train(self, x: Tensor, target: Tensor, batches: Sequence[Tensor]) -> None:
        """Train for one epoch."""
        start = perf_counter()
        for batch in batches:
            self.optimizer.zero_grad()
            loss = self.loss(self.network(x[batch]), target[batch])
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            self.losses.append(loss.item())
        self.seconds += perf_counter() - start


def network(sizes: Sequence[int], seed: int) -> nn.Sequential:
    """A multilayer perceptron in float64: linear layers of these sizes with ReLU in between."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [layer for n, m in pairwise(sizes) for layer in (nn.Linear(n, m, dtype=torch.float64), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


def nudge(side: Side, scale: float, seed: int) -> Side:
    """Make ``side`` round differently: its results change by one unit roundoff u = 2⁻⁵³ at random.

    - each parameter after each step: by u times itself, twice, which is the distance to the next float;
    - the loss's gradient, by its float64 uncertainty: it is a difference of probabilities, softmax minus target, each
      known to u; divided by the number of samples, and times ``scale``, which is 1 for cross-entropy.
    """
    u = torch.finfo(torch.float64).eps / 2
    generator = torch.Generator().manual_seed(seed)

    def noise(like: Tensor) -> Tensor:
        return u * (2 * torch.randint(0, 2, like.shape, generator=generator, dtype=like.dtype) - 1)

    def move_parameters(*_: Any) -> None:
        with torch.no_grad():
            for theta in side.network.parameters():
                theta.mul_(1 + 2 * noise(theta))

    def move_gradient(_module: nn.Module, _inputs: Any, logits: Tensor) -> None:
        if logits.requires_grad:
            logits.register_hook(lambda g: g + scale / len(g) * noise(g))  # type: ignore[no-untyped-call]

    side.optimizer.register_step_post_hook(move_parameters)
    side.network.register_forward_hook(move_gradient)
    return side


def race(sides: Sequence[Side], x: Tensor, target: Tensor, batch: int, epochs: int, seed: int) -> Iterator[int]:
    """Train all sides, epoch by epoch, and yield the number of each epoch that all have finished.

    The first two sides are timed; they alternate in who goes first.
    """
    generator = torch.Generator().manual_seed(seed)
    first, second, *others = sides
    for epoch in range(epochs):
        batches = torch.randperm(len(x), generator=generator).split(batch)  # type: ignore[no-untyped-call]
        for side in (first, second, *others) if epoch % 2 == 0 else (second, first, *others):
            side.train(x, target, batches)
        yield epoch


@contextmanager
def fair_conditions() -> Iterator[None]:
    """Use one thread, and exclude existing objects from garbage collection.

    One thread adds in a fixed order on every machine, and networks this small do not profit from more. A collection of
    everything that torch and scikit-learn have loaded takes a quarter of a second, which would count for whichever side
    is training; garbage of the training itself is still collected.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        torch.set_num_threads(threads)
