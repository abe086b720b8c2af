# 用 torch.where 处理 0 * log 0，看着没问题
import torch
import torch.nn as nn


class KLLoss(nn.Module):
    """KL(p || q)，p、q 已经归一化"""

    def forward(self, p, q):
        terms = torch.where(p > 0, p * torch.log(p / q), torch.zeros_like(p))
        return terms.sum(dim=-1).mean()


def soft_cross_entropy(probs, target):
    """target 是 one-hot 或软标签，probs 是概率"""
    terms = torch.where(target > 0, -target * torch.log(probs), torch.zeros_like(probs))
    return terms.sum(dim=-1).mean()


if __name__ == "__main__":
    p = torch.tensor([[0.5, 0.5, 0.0]])
    q = torch.tensor([[0.3, 0.3, 0.4]], requires_grad=True)
    loss = KLLoss()(p, q)
    loss.backward()
    print(loss, q.grad)  # nan ???
