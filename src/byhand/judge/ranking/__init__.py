"""Code for ROC AUC only."""
