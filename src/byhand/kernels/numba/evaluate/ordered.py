"""AUC of groups whose rows come in order: by group, and within a group by ascending score. It keeps one group's sums.

Bytes that must be moved and that are moved: each row once. The pairs that a run of equal scores wins are its positives
times twice the negatives below, plus its own negatives.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.runtime.jit import kernel

NEGATIVES, POSITIVES, TIED_NEGATIVES, TIED_POSITIVES, TWO_U, BEGUN, SIZE = range(7)
"""Places in the sums: rows of the group below the run of equal scores, rows of the run, 2U so far; whether any row was
seen; and how many places there are.
"""


@kernel()
def count_ordered(groups, scores, labels, sums, last_group, last_score, out):
    """Add rows to ``sums``, and write 2U, negatives and positives of each group that has ended to ``out``.

    Args:
        groups: (n,) integers.
        scores: (n,) floats, ascending within a group.
        labels: (n,) 0 or 1.
        sums: (:data:`SIZE`,) int64, of the open group.
        last_group: (1,) group of the last row before these.
        last_score: (1,) its score.
        out: (n, 3) int64.

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
                    out[ended, 0], out[ended, 1], out[ended, 2] = sums[TWO_U], sums[NEGATIVES], sums[POSITIVES]
                    ended += 1
                sums[:] = 0
                sums[BEGUN] = 1
                last_group[0] = groups[i]
            last_score[0] = scores[i]
        sums[TIED_NEGATIVES + np.int64(labels[i])] += 1
    return ended


@kernel()
def close_run(sums):
    """Add the open run of equal scores to its group."""
    sums[TWO_U] += sums[TIED_POSITIVES] * (2 * sums[NEGATIVES] + sums[TIED_NEGATIVES])
    sums[NEGATIVES] += sums[TIED_NEGATIVES]
    sums[POSITIVES] += sums[TIED_POSITIVES]
    sums[TIED_NEGATIVES] = 0
    sums[TIED_POSITIVES] = 0
