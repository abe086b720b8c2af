# expect: right
import torch.nn.functional as F


class DistillKL:
    def __init__(self, temperature=1.0):
        self.t = temperature

    def __call__(self, y_s, y_t):
        log_q = F.log_softmax(y_s / self.t, dim=1)
        p = F.softmax(y_t / self.t, dim=1)
        return F.kl_div(log_q, p, reduction="sum") * self.t**2 / y_s.shape[0]
