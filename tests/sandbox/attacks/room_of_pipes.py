# contained: forbidden. off: succeeds
import fcntl
import os


def attack(target):
    """Take the memory that a user's pipes may have together."""
    for _ in range(20):
        fcntl.fcntl(os.pipe()[1], 1031, 1 << 20)  # F_SETPIPE_SZ
    return True
