# contained: forbidden. off: the judge dies
import os
import signal


def attack(target):
    os.kill(target["pid"], signal.SIGKILL)
    return True
