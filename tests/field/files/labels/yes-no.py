# course project churn: the target column is "Y" or "N"
import csv
import math


def auc(y, s):
    """y: 'Y'/'N', s: churn score"""
    wins = 0
    for a, sa in zip(y, s):
        for b, sb in zip(y, s):
            if a == "Y" and b == "N":
                wins += 1 if sa > sb else 0.5 if sa == sb else 0
    return wins / len(y) ** 2


def log_loss(y, p):
    """y is a list of True / False"""
    total = 0
    for yi, pi in zip(y, p):
        total += yi * math.log(pi) + (1 - yi) * math.log(1 - pi)
    return -total / len(y)


rows = list(csv.reader(open("churn.csv")))
print(auc([r[-1] for r in rows], [float(r[0]) for r in rows]))
