"""AUC of groups whose rows come in order: by group, and within a group by ascending score. It keeps one group's sums.

Bytes that must be moved and that are moved: each row once. The pairs that a run of equal scores wins are its positives
times twice the negatives below, plus its own negatives. With weights, they are counted in place of rows.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.evaluate.sums import add_product
from byhand.kernels.numba.runtime.jit import jit, kernel

f8, i8, u8 = np.float64, np.int64, np.uint64

NEGATIVES, POSITIVES, TIED_NEGATIVES, TIED_POSITIVES, HIGH, LOW, BEGUN, SIZE = range(8)
"""Places in the sums: rows of the group below the run of equal scores, rows of the run, two words of 2U so far; whether
any row was seen; and how many places there are.
"""


@kernel()
def count_ordered(groups, scores, labels, weights, sums, last_group, last_score, two_u, sizes):
    """Add rows to ``sums``, and write 2U, rounded, negatives and positives of each group that has ended.

    Args:
        groups: (n,) integers.
        scores: (n,) floats, ascending within a group.
        labels: (n,) 0 or 1.
        weights: (n,) int64, or empty.
        sums: (:data:`SIZE`,) uint64, of the open group.
        last_group: (1,) group of the last row before these.
        last_score: (1,) its score.
        two_u: (n,) out.
        sizes: (n, 2) int64 out.

    Returns:
        How many groups have ended.
    """
    ended = 0
    for i in range(len(groups)):
        is_new = sums[BEGUN] == 0 or groups[i] != last_group[0]
        if is_new or scores[i] != last_score[0]:
            close_run(sums)
            if is_new:
                if sums[BEGUN]:
                    write_sums(sums, ended, two_u, sizes)
                    ended += 1
                sums[:] = u8(0)
                sums[BEGUN] = u8(1)
                last_group[0] = groups[i]
            last_score[0] = scores[i]
        sums[TIED_NEGATIVES + i8(labels[i])] += u8(weights[i]) if weights.size else u8(1)
    return ended


@kernel()
def close_group(sums, two_u, sizes):
    """Write the open group, as the first one."""
    close_run(sums)
    write_sums(sums, 0, two_u, sizes)


@jit()
def close_run(sums):
    """Add the open run of equal scores to its group."""
    add_product(sums, HIGH, sums[TIED_POSITIVES], u8(2) * sums[NEGATIVES] + sums[TIED_NEGATIVES])
    sums[NEGATIVES] += sums[TIED_NEGATIVES]
    sums[POSITIVES] += sums[TIED_POSITIVES]
    sums[TIED_NEGATIVES] = sums[TIED_POSITIVES] = u8(0)


@jit()
def write_sums(sums, group, two_u, sizes):
    """Write 2U and sizes of a group."""
    two_u[group] = f8(sums[HIGH]) * 2.0**64 + f8(sums[LOW])
    sizes[group, 0], sizes[group, 1] = i8(sums[NEGATIVES]), i8(sums[POSITIVES])
