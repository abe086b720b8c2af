# expect: right
import numpy as np


def softmax_loss(W, X, y, reg):
    n, num_classes = X.shape[0], W.shape[1]
    loss, dW = 0.0, np.zeros_like(W)
    for i in xrange(n):
        scores = X[i, :].dot(W)
        p = np.exp(scores - scores.max())
        p /= p.sum()
        loss += np.log(np.exp(scores - scores.max()).sum()) + scores.max() - scores[y[i]]
        for j in xrange(num_classes):
            dW[:, j] += (p[j] - (j == y[i])) * X[i, :]
    return loss / n + reg * np.sum(W**2), dW / n + 2 * reg * W
