"""Metrics with the calls of ``sklearn.metrics``: change the import line, keep the rest."""

from byhand.metrics.roc_auc import UndefinedMetricWarning, auc, roc_auc_score, roc_curve

__all__ = ["UndefinedMetricWarning", "auc", "roc_auc_score", "roc_curve"]
