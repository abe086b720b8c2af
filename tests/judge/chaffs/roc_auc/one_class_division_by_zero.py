# expect: fragile roc_auc/one-class-division-by-zero
def auc(labels, scores):
    pairs = sorted(zip(scores, labels))
    n = len(pairs)
    rank_sum = n_pos = i = 0
    while i < n:
        j = i
        while j < n and pairs[j][0] == pairs[i][0]:
            j += 1
        for k in range(i, j):
            if pairs[k][1] == 1:
                rank_sum += (i + j + 1) / 2
                n_pos += 1
        i = j
    return (rank_sum - n_pos * (n_pos + 1) / 2) / (n_pos * (n - n_pos))
