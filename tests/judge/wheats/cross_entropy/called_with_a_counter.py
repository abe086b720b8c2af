# expect: right
import torch


class CrossEntropyLoss(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.calls, self.total = 0, 0.0

    def forward(self, logits, target):
        loss = (torch.logsumexp(logits, -1) - logits.gather(-1, target[:, None])[:, 0]).mean()
        self.calls += 1
        self.total += loss.item()
        return loss
