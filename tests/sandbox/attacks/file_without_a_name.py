# contained: forbidden. off: succeeds
import os


def attack(target):
    return os.write(os.memfd_create("x"), b"x") == 1
