# contained: forbidden. off: succeeds
import os


def attack(target):
    os.chdir(target["folder"])  # where a program would have been started
    with open("made", "w") as file:
        return file.write("x") == 1
