# contained: forbidden. off: succeeds
import os


def attack(target):
    os.truncate(target["canary"], 0)
    return True
