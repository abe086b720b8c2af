"""What ROC AUC alone needs."""
