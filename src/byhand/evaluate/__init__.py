"""Evaluation of prediction logs of any size: mergeable states with exact results, or certain bounds.

A state is updated with batches of NumPy arrays, on as many threads, processes and machines as you like; states of the
same kind merge, and the result does not depend on how the rows were split. See :class:`Ranking`.
"""

from byhand.evaluate.batches import BadRow, Batch, Reader
from byhand.evaluate.passes import finish
from byhand.evaluate.ranking import Ranking
from byhand.evaluate.results import Comparison, Curve, DeLong, Estimate

__all__ = ["BadRow", "Batch", "Comparison", "Curve", "DeLong", "Estimate", "Ranking", "Reader", "finish"]
