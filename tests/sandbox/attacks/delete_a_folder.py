# contained: forbidden. off: succeeds
import shutil


def attack(target):
    shutil.rmtree(target["folder"] + "/full")
    return True
