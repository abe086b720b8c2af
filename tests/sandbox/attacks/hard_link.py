# contained: forbidden. off: succeeds
import os


def attack(target):
    os.link(target["canary"], target["folder"] + "/link")
    return True
