"""Stochastic rounding of moments to bfloat16: up with a probability such that the expected value is exact.

At β₂ = 0.999 a decaying moment changes by 1e-3 per step, less than half an ulp of bfloat16: rounded to nearest, it
would never change. The random bits are a hash of the seed, the index of the tensor in its group, the step and the
element's position in memory. So runs are reproducible, and replicas of a model stay equal. The kernels compute the
same hash.
"""

from __future__ import annotations

import torch
from torch import Tensor

MASK = 0xFFFFFFFF


def key_of(seed: int, number: int, step: int) -> int:
    """The 32-bit key of the hash for a tensor at a step."""

    def hashed(x: int) -> int:
        return int(mix(torch.tensor(x & MASK)).item())

    return hashed(hashed(hashed(seed) + number) + step)


def mix(x: Tensor) -> Tensor:
    """A 32-bit hash (lowbias32 of Wellons' hash prospector) of int64 numbers in [0, 2³²)."""
    x = x ^ (x >> 16)
    x = (x * 0x7FEB352D) & MASK
    x = x ^ (x >> 15)
    x = (x * (0x846CA68B - 2**32)) & MASK  # the factor less 2³²: the product does not overflow
    return x ^ (x >> 16)


def random_bits(key: int, like: Tensor) -> Tensor:
    """32 pseudorandom bits for each element of ``like``, by its position in memory."""
    places = torch.arange(like.numel(), device=like.device)
    if not like.is_contiguous():
        order = torch.empty_like(like, dtype=torch.int64)  # keeps dense strides
        places = order.copy_(places.as_strided(order.shape, order.stride()))
    return mix((places.reshape(like.shape) + key) & MASK)


def rounded(x: Tensor, random: Tensor) -> Tensor:
    """``x`` in bfloat16, rounded up or down by the lower 16 bits of ``random``."""
    bits = x.float().view(torch.int32).to(torch.int64) & MASK
    bits = ((bits + (random & 0xFFFF)) & 0xFFFF0000).to(torch.int32)
    return torch.where(x == x, bits.view(torch.float32).to(torch.bfloat16), torch.nan)
