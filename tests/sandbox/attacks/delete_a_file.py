# contained: forbidden. off: succeeds
import os


def attack(target):
    os.remove(target["canary"])
    return True
