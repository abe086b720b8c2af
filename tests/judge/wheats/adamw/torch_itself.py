# expect: right
import torch.optim as optim


class AdamW(optim.AdamW):
    pass
