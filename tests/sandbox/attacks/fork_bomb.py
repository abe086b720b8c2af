# contained: forbidden. off: succeeds
import os
import time


def attack(target):
    for _ in range(3):  # a bomb with a short fuse
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    return True
