# contained: harmless. off: not shown, for nothing on the wire is ever unpickled
import os

import numpy as np


class Bomb:
    def __reduce__(self):
        return os.system, ("exit 1",)

    def __float__(self):
        return 1.0

    def __array__(self, *args, **kwargs):
        return np.ones(())


def attack(target):
    return np.array([Bomb()], dtype=object)
