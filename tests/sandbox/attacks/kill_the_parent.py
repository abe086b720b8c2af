# contained: forbidden. off: succeeds
import os
import signal


def attack(target):
    os.kill(os.getppid(), signal.SIGKILL)  # the supervisor; 0, which is our own group, where nothing of it is seen
    return True
