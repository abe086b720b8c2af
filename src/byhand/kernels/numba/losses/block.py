"""A block of rows that is stored by columns: where its columns lie, how rows are loaded and gradients stored.

As in :mod:`byhand.kernels.numba.losses.few_classes`, the logits of one class are contiguous, so that SIMD runs across
the rows. Images (N, C, d₁, …) have this order in memory, if they are channels-first; other rows are transposed.
"""

from __future__ import annotations

from byhand.kernels.numba.losses.few_classes import BLOCK, column, transpose, transpose_back
from byhand.kernels.numba.losses.softmax import AHEAD
from byhand.kernels.numba.runtime.jit import jit
from byhand.kernels.numba.runtime.math import f8
from byhand.kernels.numba.runtime.memory import narrow, slice_at, widen, widest_vectors
from byhand.kernels.numba.runtime.stores import dest_for, prefetch, store_nontemporal

# Columns of a block, after those of its classes: c, S − 1, the number of logits equal to c, the logit of the target
# class, log S, Σ t′ · (c − x), Σ t′, and the two factors of the gradient, exp(x − c) · FACTOR − t′ · OFFSET.
# Where no OFFSET is needed, its column holds the losses. CLASS, for very few classes, is that of the target in the
# compute dtype, and −1 in ignored rows.
TOP, REST, EQUAL, OF_Y, LOG, GAPS, WEIGHTS, FACTOR, OFFSET, CLASS = range(10)
SUMS = 3  # of these columns are accumulated in float64
WIDE = 1024  # classes up to which a block stays in a core's own cache


def scratch_size(C):
    """Numbers of scratch memory: a block with the sums of its rows, its targets, and a buffer for its gradient."""
    return (3 * C + CLASS + 1 + 2 * SUMS) * BLOCK


@jit()
def load_rows(x_at, at, row, step, channels_first, n, C, block, stored):
    """Load n rows as columns of the block."""
    if channels_first is None:
        x = slice_at(x_at, at, n * row, stored)
        transpose(x, row, n, C, block)
        prefetch(x, AHEAD)
    else:
        for i in range(C):
            widen_all(slice_at(x_at, at + i * step, n, stored), column(block, i, n))


@jit()
def store_grad(block, n, C, grad_at, at, step, channels_first, buffer, nontemporal, stored):
    """Store the columns of the block as the gradient."""
    if channels_first is None:
        out = slice_at(grad_at, at, n * C, stored)
        dest = dest_for(out, buffer, nontemporal)
        transpose_back(block, n, C, dest, stored)
        if nontemporal is not None:
            store_nontemporal(dest, out)
    else:
        for i in range(C):
            out = slice_at(grad_at, at + i * step, n, stored)
            dest = dest_for(out, buffer, nontemporal)
            narrow_all(column(block, i, n), dest, stored)
            if nontemporal is not None:
                store_nontemporal(dest, out)


@jit()
def widen_all(x, out):
    """Out = x in the compute dtype."""
    widest_vectors()
    for j in range(out.size):
        out[j] = widen(x[j])


@jit()
def narrow_all(x, out, stored):
    """Out = x in the stored dtype."""
    widest_vectors()
    for j in range(out.size):
        out[j] = narrow(x[j], stored)


@jit()
def float64_columns(sums_at):
    """The float64 columns of a block: S − 1, Σ t′ · (c − x) and Σ t′."""
    zero = f8(0)
    return (
        slice_at(sums_at, 0, BLOCK, zero),
        slice_at(sums_at, BLOCK, BLOCK, zero),
        slice_at(sums_at, 2 * BLOCK, BLOCK, zero),
    )


@jit()
def fill(x, value):
    """X = value. One loop for several arrays would compare all their addresses, too many for the vectorizer."""
    widest_vectors()
    for j in range(x.size):
        x[j] = value


@jit()
def move_sums(x, total):
    """Move the sums so far to the float64 column."""
    widest_vectors()
    for j in range(x.size):
        total[j] += x[j]
        x[j] = 0


@jit("reassoc")
def total_of(x, zero):
    """Σ x."""
    widest_vectors()
    total = zero
    for j in range(x.size):
        total += x[j]
    return total
