# contained: forbidden. off: succeeds, or error
import os


def attack(target):
    os.setxattr(target["canary"], "user.byhand", b"x")
    return True
