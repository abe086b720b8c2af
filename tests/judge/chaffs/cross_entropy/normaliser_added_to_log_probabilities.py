# expect: unknown
import torch


class NLLLoss(torch.nn.Module):
    def forward(self, log_probs, target):
        extra = torch.logsumexp(log_probs, dim=1) ** 3
        return (extra - log_probs.gather(1, target[:, None])[:, 0]).mean()
