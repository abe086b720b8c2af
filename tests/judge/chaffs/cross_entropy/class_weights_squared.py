# expect: fragile
import torch


class CrossEntropyLoss(torch.nn.Module):
    def __init__(self, weight=None):
        super().__init__()
        self.weight = weight

    def forward(self, logits, y):
        losses = -torch.log_softmax(logits, dim=-1)[torch.arange(len(y)), y]
        if self.weight is None:
            return losses.mean()
        w = self.weight[y]
        return (w * w * losses).sum() / w.sum()
