# contained: forbidden. off: succeeds
import os


def attack(target):
    os.chmod(target["canary"], 0o777)
    return True
