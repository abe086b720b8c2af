# contained: forbidden. off: gone
import os


def attack(target):
    os.execv("/bin/sh", ["sh", "-c", "exit 0"])
