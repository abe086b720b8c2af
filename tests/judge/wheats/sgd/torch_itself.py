# expect: library
import torch


class MySGD(torch.optim.SGD):
    pass
