"""How the kernel of ROC AUC counts: buckets, a sort, a rare class, weights."""
