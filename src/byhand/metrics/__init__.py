"""Metrics with the calls of ``sklearn.metrics``: only the import line changes."""

from byhand.metrics.roc_auc import UndefinedMetricWarning, auc, roc_auc_score, roc_curve

__all__ = ["UndefinedMetricWarning", "auc", "roc_auc_score", "roc_curve"]
