# expect: mistaken roc_auc/divided-by-all-pairs
def auc(y, s):
    wins = 0
    for a, sa in zip(y, s):
        for b, sb in zip(y, s):
            if a == "Y" and b == "N":
                wins += 1 if sa > sb else 0.5 if sa == sb else 0
    return wins / len(y) ** 2
