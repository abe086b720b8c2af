# contained: forbidden. off: succeeds
import os


def attack(target):
    os.rename(target["canary"], target["canary"] + ".taken")
    return True
