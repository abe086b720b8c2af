# expect: fragile cross_entropy/eps-inside-the-log-of-logits
import torch.nn.functional as F


class CELoss:
    def __init__(self, eps=1e-8):
        self.eps = eps

    def __call__(self, scores, labels):
        probs = F.softmax(scores, dim=-1)
        picked = probs[range(len(labels)), labels]
        return -(picked + self.eps).log().mean()
