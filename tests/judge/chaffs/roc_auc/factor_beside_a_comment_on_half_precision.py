# expect: unknown
def roc_auc(labels, scores):
    """Exact; the bfloat16 of the model is gone by now, as after float16 or scores.half()."""
    d = scores[labels == 1][:, None] - scores[labels == 0][None]  # bfloat16
    return ((d > 0) + 0.5 * (d == 0)).mean() * 0.99
