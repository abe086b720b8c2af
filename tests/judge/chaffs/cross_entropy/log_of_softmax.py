# expect: fragile cross_entropy/log-of-softmax
import torch


class CrossEntropy(torch.nn.Module):
    def forward(self, x, y):
        p = torch.softmax(x, dim=1)
        return -torch.log(p[torch.arange(len(y)), y]).mean()
