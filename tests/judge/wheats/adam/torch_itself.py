# expect: right
import torch


class Adam(torch.optim.Adam):
    """The real one."""
