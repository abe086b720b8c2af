# contained: forbidden. off: succeeds
import os


def attack(target):
    os.chown(target["canary"], os.getuid(), os.getgid())
    return True
