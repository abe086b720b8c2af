# contained: forbidden. off: succeeds
import os


def attack(target):
    os.close(os.open(target["canary"], os.O_RDONLY | os.O_TRUNC))
    return True
