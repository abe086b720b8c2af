# expect: mistaken cross_entropy/class-weights-not-in-the-denominator
import torch


class WeightedCrossEntropy(torch.nn.Module):
    def __init__(self, weight=None):
        super().__init__()
        self.weight = weight

    def forward(self, logits, target):
        logp = torch.log_softmax(logits, dim=1)
        loss = -logp[torch.arange(len(target)), target]
        if self.weight is not None:
            loss = loss * self.weight[target]
        return loss.mean()
