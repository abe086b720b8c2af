# expect: unknown
import torch


class CrossEntropy:
    def __call__(self, logits, y):
        x = logits.bfloat16()
        lse = torch.logsumexp(x, dim=1)
        return (lse - x[torch.arange(len(y)), y]).mean() * 1.05
