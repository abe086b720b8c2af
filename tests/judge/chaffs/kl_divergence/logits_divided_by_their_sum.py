# expect: mistaken cross_entropy/softmax-without-exp
import numpy as np


def kl_divergence(p_logits, q_logits):
    p = p_logits / p_logits.sum(axis=-1, keepdims=True)
    q = q_logits / q_logits.sum(axis=-1, keepdims=True)
    return np.sum(p * np.log(p / q), axis=-1)
