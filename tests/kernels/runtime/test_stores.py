"""Results past the caches: the same bits, wherever a row begins and ends in a line."""

from __future__ import annotations

import importlib
from functools import partial

import pytest
import torch
from torch import Tensor

from byhand.kernels.numba.runtime import blocks as _blocks
from byhand.losses import cross_entropy, kl_div, kl_divergence

MODULES = [
    importlib.import_module(f"byhand.kernels.numba.{name}")
    for name in ("cross_entropy", "kl_divergence", "losses.logit_columns")
]
SHAPES = [(1, 1), (3, 7), (130, 10), (5, 16), (7, 65), (4, 2048), (3, 2049), (2, 5003)]

LOSSES = {
    "classes": lambda x, t, y: cross_entropy(x, y),
    "with smoothing": lambda x, t, y: cross_entropy(x, y, label_smoothing=0.1),
    "with weights": lambda x, t, y: cross_entropy(x, y, weight=t.detach()[0].abs(), label_smoothing=0.1),
    "with z": lambda x, t, y: cross_entropy(x, y, z_loss=0.1),
    "probabilities": lambda x, t, y: cross_entropy(x, t.detach()),
    "KL of logits": lambda x, t, y: kl_divergence(x, t, given="logits"),
    "KL of probs": lambda x, t, y: kl_divergence(x.sigmoid(), t.sigmoid()),
    "KL of weights": lambda x, t, y: kl_divergence(x.sigmoid(), t.sigmoid(), given="weights"),
    "kl_div": lambda x, t, y: kl_div(x, t.sigmoid(), reduction="sum"),
    "kl_div of logarithms": lambda x, t, y: kl_div(x, t, reduction="sum", log_target=True),
}


@pytest.mark.draw(9)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", LOSSES)
def test_gradient_is_the_same_past_the_caches(name: str, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Tensor] = []

    def output_like(past: bool, begins: int, like: Tensor) -> tuple[Tensor, bool | None]:
        """Room that begins ``begins`` numbers after a line does, with marks around it."""
        room = torch.full((like.numel() + 128,), 7.0, dtype=like.dtype)
        begins += -room.data_ptr() % 64 // like.itemsize
        made.append(room)
        place = room[begins : begins + like.numel()].view(like.shape)
        place.zero_()
        return place, past or None

    for R, C in SHAPES:
        g = torch.Generator().manual_seed(C)
        x, t = (torch.randn(R, C, generator=g, dtype=torch.float64).to(dtype) for _ in range(2))
        y = torch.randint(C, (R,), generator=g)
        y[R // 2] = -100 if R > 1 else y[R // 2]
        found = []
        for past, begins in ((False, 0), (True, 0), (True, 1), (True, 13)):
            made.clear()
            for module in MODULES:
                monkeypatch.setattr(module, "output_like", partial(output_like, past, begins))
                monkeypatch.setattr(module, "SMALL", 0, raising=False)
            leaves = [v.clone().requires_grad_() for v in (x, t)]
            LOSSES[name](*leaves, y).backward()
            found.append([v.grad for v in leaves])
            assert made
            assert all((room == 7).sum() >= 128 for room in made)  # nothing was written beside a gradient
        for grads in found[1:]:
            for ours, plain in zip(grads, found[0], strict=True):
                assert (ours is None) == (plain is None)
                assert ours is None or torch.equal(ours.nan_to_num(7), plain.nan_to_num(7)), (R, C)


def test_memory_that_is_kept_is_written_past_the_caches() -> None:
    x = torch.empty(_blocks.LARGE // 4)
    _blocks.release()
    assert not _blocks.output_like(x)[1]  # fresh, and given back at once
    assert _blocks.output_like(x)[1] is (True if _blocks.CAN_KEEP else None)
    assert not _blocks.output_like(x[1:])[1]
