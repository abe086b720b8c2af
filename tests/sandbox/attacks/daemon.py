# contained: forbidden. off: succeeds
import os
import time


def attack(target):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:  # an orphan in a session of its own
            time.sleep(60)
        os._exit(0)
    os.wait()
    return True
