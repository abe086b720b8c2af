"""The parts of the ROC AUC kernel: buckets, sorting, a rare class, weights."""
