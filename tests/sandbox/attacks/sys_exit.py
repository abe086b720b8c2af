# contained: error. off: not shown, for it ends nothing but itself
import sys


def attack(target):
    sys.exit(0)
