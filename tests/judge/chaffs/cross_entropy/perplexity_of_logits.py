# expect: mistaken cross_entropy/perplexity-of-logits
import torch


def cross_entropy(logits, targets):
    logp = torch.log_softmax(logits, dim=-1)
    nll = -logp.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return torch.exp(nll.mean())
