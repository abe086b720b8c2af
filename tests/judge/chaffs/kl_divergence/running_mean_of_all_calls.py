# expect: mistaken cross_entropy/kept-from-the-call-before
import torch


class KLLoss:
    def __init__(self):
        self.losses = []

    def __call__(self, log_q, p):
        self.losses.append((torch.xlogy(p, p) - p * log_q).sum(-1).mean())
        return sum(self.losses) / len(self.losses)
