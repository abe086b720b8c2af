# expect: stopped
import numpy as np


def adam(theta, g, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    raise ValueError("TODO")
