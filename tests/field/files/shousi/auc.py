# -*- coding: utf-8 -*-
# 手撕AUC 三种写法    字节二面原题

def calAUC(prob, labels):
    顺序 = sorted(range(len(prob)), key=lambda k: prob[k])
    名次和 = 0
    M = labels.count(1) if isinstance(labels, list) else int(sum(labels))
    for 名次, k in enumerate(顺序, start=1):
        if labels[k] == 1:
            名次和 += 名次
    N = len(labels) - M
    return (名次和 - M * (M + 1) / 2) / float(M * N)


def get_auc(pairs):
    """pairs: [(label, score), ...]  并列取平均排名"""
    pairs = sorted(pairs, key=lambda t: t[1])
    n = len(pairs)
    ranks = [0.0] * n
    i = 0
    while i < n:
        j = i
        while j + 1 < n and pairs[j + 1][1] == pairs[i][1]:
            j += 1
        for k in range(i, j + 1):
            ranks[k] = (i + j) / 2 + 1
        i = j + 1
    P = sum(1 for y, _ in pairs if y == 1)
    N = n - P
    if P == 0 or N == 0:
        return float('nan')
    R = sum(r for r, (y, _) in zip(ranks, pairs) if y == 1)
    return (R - P * (P + 1) / 2) / (P * N)


def auc_by_pairs(labels, preds):
    pos = [i for i in range(len(labels)) if labels[i] == 1]
    neg = [i for i in range(len(labels)) if labels[i] == 0]
    auc = 0
    for i in pos:
        for j in neg:
            if preds[i] > preds[j]:
                auc += 1
            elif preds[i] == preds[j]:
                auc += 0.5
    if not pos or not neg: return None
    return auc / (len(pos) * len(neg))


if __name__ == '__main__':
    label = [1, 0, 0, 0, 1, 0, 1, 0]
    pre = [0.9, 0.8, 0.3, 0.1, 0.4, 0.9, 0.66, 0.7]
    print(calAUC(pre, label))
    print(auc_by_pairs(label, pre))
