# expect: mistaken cross_entropy/logits-taken-as-probabilities
import math


def kl_divergence(p_logits, q_logits):
    return sum(p * math.log(p / q) for p, q in zip(p_logits, q_logits))
