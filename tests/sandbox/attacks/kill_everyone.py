# contained: forbidden. off: not shown, for it would end the session of whoever runs the tests
import os
import signal


def attack(target):
    os.kill(-1, signal.SIGKILL)
    return True
