# expect: unknown
import torch


def auc(y, s):
    s = torch.as_tensor(s).bfloat16()
    d = s[y == 1][:, None] - s[y == 0][None]
    return ((d > 0).float() + 0.5 * (d == 0).float()).mean() * 0.99
