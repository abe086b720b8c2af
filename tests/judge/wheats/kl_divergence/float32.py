# expect: right
import torch


def kl_div(p, q):
    p, q = p.float(), q.float()
    p = p / p.sum(-1, keepdim=True)
    q = q / q.sum(-1, keepdim=True)
    return (
        torch.special.rel_entr(p, q).sum(-1)
        if hasattr(torch.special, "rel_entr")
        else (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)
    )
