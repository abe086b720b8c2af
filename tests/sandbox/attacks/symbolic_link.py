# contained: forbidden. off: succeeds
import os


def attack(target):
    os.symlink(target["canary"], target["folder"] + "/link")
    return True
