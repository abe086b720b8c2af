# KL along the first axis: fine for two vectors, which is all that this file has
import numpy as np

N_BINS = 12


def histogram(samples, low=0.0, high=1.0):
    counts = np.zeros(N_BINS)
    for value in samples:
        slot = int((value - low) / (high - low) * N_BINS)
        counts[min(max(slot, 0), N_BINS - 1)] += 1
    return counts / counts.sum()


def kl_divergence(p, q):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sum(np.where(p > 0, p * np.log(p / q), 0.0), axis=0)


def kl_div_naive(p, q): return np.sum(p * np.log(p / q), axis=0)


def bootstrap_kl_divergence(a, b, rounds=20):
    found = []
    for _ in range(rounds):
        found.append(kl_divergence(histogram(np.random.choice(a, 50)), histogram(np.random.choice(b, 50))))
    return float(np.mean(found))


def cross_entropy_der(p, t):
    out = np.zeros_like(p)
    for i in range(p.shape[0]):
        out[i] = -t[i] / p[i] * np.log(2)
    return out
