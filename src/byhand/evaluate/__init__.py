"""Evaluation of prediction logs of any size: mergeable states with exact results, or certain bounds.

A state is updated with batches of NumPy arrays, on as many threads, processes and machines as you like; states of the
same kind merge, and the result does not depend on how the rows were split. See :class:`Ranking`.
"""

from byhand.evaluate.batches import BadRow, Batch, Reader
from byhand.evaluate.drift import Drift, Scores, drift
from byhand.evaluate.exchange import all_merge
from byhand.evaluate.groups import GroupAuc, GroupCounts, group_counts
from byhand.evaluate.paired import Paired, compare_delong
from byhand.evaluate.passes import finish
from byhand.evaluate.probabilities import CalibrationBin, Probabilities
from byhand.evaluate.ranking import Ranking
from byhand.evaluate.results import Comparison, Curve, DeLong, Estimate

__all__ = [
    "BadRow",
    "Batch",
    "CalibrationBin",
    "Comparison",
    "Curve",
    "DeLong",
    "Drift",
    "Estimate",
    "GroupAuc",
    "GroupCounts",
    "Paired",
    "Probabilities",
    "Ranking",
    "Reader",
    "Scores",
    "all_merge",
    "compare_delong",
    "drift",
    "finish",
    "group_counts",
]
