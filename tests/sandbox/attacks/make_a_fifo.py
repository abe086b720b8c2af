# contained: forbidden. off: succeeds
import os


def attack(target):
    os.mkfifo(target["folder"] + "/made")
    return True
