# expect: library
import torch


class Adam(torch.optim.Adam):
    """The real one."""
