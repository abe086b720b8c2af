# contained: forbidden. off: succeeds
import os


def attack(target):
    os.mkdir(target["folder"] + "/made")
    return True
