# 手撕 AUC —— 同学的三个版本，找茬
import numpy as np


def AUC(y_true, y_score):
    y_pred = (np.array(y_score) > 0.5).astype(int)
    return (y_pred == np.array(y_true)).mean()


def auc_trapz(y_true, y_score):
    y_true, y_score = np.array(y_true), np.array(y_score)
    tpr, fpr = [], []
    P, N = (y_true == 1).sum(), (y_true == 0).sum()
    for th in y_score:
        hit = y_score >= th
        tpr.append((hit & (y_true == 1)).sum() / P)
        fpr.append((hit & (y_true == 0)).sum() / N)
    area = 0
    for i in range(1, len(fpr)):
        area += (fpr[i] - fpr[i - 1]) * (tpr[i] + tpr[i - 1]) / 2
    return area


def auc_prob(y_true, y_score):
    pos = [s for s, y in zip(y_score, y_true) if y == 1]
    neg = [s for s, y in zip(y_score, y_true) if y == 0]
    win = 0
    for a in pos:
        for b in neg:
            win += 1 if a > b else 0
    return win / max(len(pos) * len(neg), 1)
