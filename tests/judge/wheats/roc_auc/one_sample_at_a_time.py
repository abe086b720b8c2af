# expect: right
class StreamAUC:
    '''一个样本一个样本地喂'''

    def __init__(self):
        self.data = []

    def update(self, score, label):
        self.data.append((float(score), int(label)))

    def compute(self):
        xs = sorted(self.data)
        n, i, rank_sum = len(xs), 0, 0.0
        n_pos = sum(label for _, label in xs)
        n_neg = n - n_pos
        if n_pos == 0 or n_neg == 0:
            return float("nan")
        while i < n:
            j = i
            while j < n and xs[j][0] == xs[i][0]:
                j += 1
            rank_sum += (i + 1 + j) / 2 * sum(label for _, label in xs[i:j])
            i = j
        return (rank_sum - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)
