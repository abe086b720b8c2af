# expect: library
import torch.optim as optim


class AdamW(optim.AdamW):
    pass
