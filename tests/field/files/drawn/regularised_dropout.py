"""Losses of the fine-tuning runs, and what the evaluation script prints."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.cluster import KMeans


def compute_kl_loss(p, q, pad_mask=None):
    p_loss = F.kl_div(F.log_softmax(p, dim=-1), F.softmax(q, dim=-1), reduction="none")
    q_loss = F.kl_div(F.log_softmax(q, dim=-1), F.softmax(p, dim=-1), reduction="none")
    if pad_mask is not None:
        p_loss.masked_fill_(pad_mask, 0.0)
        q_loss.masked_fill_(pad_mask, 0.0)
    return (p_loss.sum() + q_loss.sum()) / 2


class MultiLabelCrossEntropyKLD(nn.Module):
    def forward(self, input, target):
        a, b = torch.sigmoid(input), torch.sigmoid(target)
        return ((b - a) * (target - input)).sum() / 2


class Cross_Entropy:
    """Cross-entropy of each feature with the classes, to choose features; it is binned by k-means."""

    def __init__(self, num_class):
        self.num_class = num_class

    def compute(self, x, y):
        found = []
        for column in x.T:
            bins = KMeans(n_clusters=4, random_state=0).fit_predict(column.reshape(-1, 1))
            p = np.array([np.bincount(y[bins == b], minlength=self.num_class) for b in range(4)]) + 1e-5
            p = p / p.sum(1, keepdims=True)
            found.append(-np.log(p[bins, y]).mean())
        return np.array(found)


def kl_divergence(p, q):
    """Both directions, but by hand."""
    return np.sum(p * np.log(p / q) + q * np.log(q / p))


def evaluate_logloss(probs, labels):
    hits = float(np.mean((probs > 0.5) == labels))
    loss = float(-np.mean(labels * np.log(probs) + (1 - labels) * np.log(1 - probs)))
    return hits, loss


def auc(labels, preds):
    """Number of views, number of clicks, area."""
    order = sorted(zip(labels, preds), key=lambda pair: pair[1], reverse=True)
    clicks, area = 0.0, 0.0
    for label, _ in order:
        area += clicks * (1 - label)
        clicks += label
    return len(order), clicks, area / clicks / (len(order) - clicks)
