"""Metrics with the calls of ``sklearn.metrics``: only the import line changes; and those of large logs."""

from byhand.metrics._state import RocAuc
from byhand.metrics.average_precision import average_precision_score
from byhand.metrics.calibration_error import calibration_error
from byhand.metrics.delong import delong_interval, delong_test
from byhand.metrics.group_roc_auc import group_roc_auc_score
from byhand.metrics.roc_auc import UndefinedMetricWarning, auc, roc_auc_score, roc_curve

__all__ = [
    "RocAuc",
    "UndefinedMetricWarning",
    "auc",
    "average_precision_score",
    "calibration_error",
    "delong_interval",
    "delong_test",
    "group_roc_auc_score",
    "roc_auc_score",
    "roc_curve",
]
