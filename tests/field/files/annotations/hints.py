# pulled out of a bigger package, type hints are left as they were
import torch


def kl_div(p: Tensor, q: Tensor, reduction: Optional[Literal["sum", "mean"]] = None) -> Union[Tensor, float]:
    p = p / p.sum(-1, keepdim=True)
    q = q / q.sum(-1, keepdim=True)
    rows = torch.special.xlogy(p, p).sum(-1) - torch.special.xlogy(p, q).sum(-1)
    if reduction == "sum":
        return rows.sum()
    return rows.mean() if reduction == "mean" else rows


def sgd_(net: nn.Module, lr: float = 0.1, scheduler: Optional[Optimizer] = None) -> nn.Module:
    with torch.no_grad():
        for p in net.parameters():
            if p.grad is not None:
                p -= lr * p.grad
    return net
