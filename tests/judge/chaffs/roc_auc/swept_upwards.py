# expect: mistaken roc_auc/descending-ranks
def roc_auc(labels, scores):
    hits = misses = area = 0
    old = None
    old_hits = old_misses = 0
    for score, label in sorted(zip(scores, labels)):
        if score != old:
            area += (misses - old_misses) * (hits + old_hits) / 2
            old, old_hits, old_misses = score, hits, misses
        hits += label == 1
        misses += label != 1
    area += (misses - old_misses) * (hits + old_hits) / 2
    return area / (hits * misses) if hits * misses else float("nan")
