# contained: gone. off: not shown, for it ends nothing but itself
import ctypes


def attack(target):
    ctypes.string_at(0)
