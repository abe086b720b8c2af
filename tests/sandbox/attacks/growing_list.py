# contained: memory. off: succeeds
import numpy as np


def attack(target):
    hoard = []
    for _ in range(96):
        hoard.append(np.zeros(16 << 20, dtype=np.uint8))  # 1.5 GiB in all, of zeros that no page stands behind
    return True
