# contained: memory. off: succeeds
import numpy as np


def attack(target):
    return np.empty(4 << 30, dtype=np.uint8).nbytes > 0  # never touched: the machine does not suffer
