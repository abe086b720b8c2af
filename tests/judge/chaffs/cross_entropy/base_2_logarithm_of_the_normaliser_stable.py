# expect: mistaken cross_entropy/base-2-logarithm-of-the-normaliser
import torch


class CrossEntropy:
    def __call__(self, logits, target):
        c = logits.max(dim=1, keepdim=True).values
        lse = c + (logits - c).exp().sum(1, keepdim=True).log2()
        return (lse - logits).gather(1, target.view(-1, 1)).mean()
