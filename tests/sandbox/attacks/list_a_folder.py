# contained: forbidden. off: succeeds
import os


def attack(target):
    return len(os.listdir(target["folder"])) > 0
