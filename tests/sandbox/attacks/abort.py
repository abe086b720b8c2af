# contained: gone. off: not shown, for it ends nothing but itself
import os


def attack(target):
    os.abort()
