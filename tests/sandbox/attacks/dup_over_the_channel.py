# contained: error. off: gone, or too slow
import os


def attack(target):
    for descriptor in range(3, 1024):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        os.dup2(2, descriptor)
    return False
