# contained: too much output. off: not shown, for the judge counts and it is no layer
import os


def attack(target):
    while True:
        os.write(2, b"x" * 4096)
