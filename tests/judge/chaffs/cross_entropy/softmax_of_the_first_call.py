# expect: mistaken cross_entropy/kept-from-the-call-before
import torch


class CrossEntropyLoss(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.log_p = None

    def forward(self, logits, target):
        if self.log_p is None:
            self.log_p = logits.log_softmax(-1)
        return -self.log_p[torch.arange(len(target)), target].mean()
