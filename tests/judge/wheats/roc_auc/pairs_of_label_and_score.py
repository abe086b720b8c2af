# expect: right
def auc(data):
    """data: [(label, score), ...]"""
    ranked = sorted(data, key=lambda pair: pair[1])
    scores = [score for _, score in ranked]
    n_pos = sum(1 for label, _ in data if label == 1)
    n_neg = len(data) - n_pos
    if n_pos == 0 or n_neg == 0:
        return float("nan")
    total, i = 0.0, 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and scores[j] == scores[i]:
            j += 1
        total += sum((i + j + 1) / 2 for label, _ in ranked[i:j] if label == 1)
        i = j
    return (total - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)
