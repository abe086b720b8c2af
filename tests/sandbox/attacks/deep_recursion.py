# contained: memory, gone, or too slow. off: not shown, for it would take the memory of the machine
import sys


def down(n):
    return down(n + 1) + 1


def attack(target):
    sys.setrecursionlimit(2**31 - 1)
    return down(0) > 0
