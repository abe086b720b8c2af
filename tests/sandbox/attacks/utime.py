# contained: forbidden. off: succeeds
import os


def attack(target):
    os.utime(target["canary"], (0, 0))
    return True
