# contained: forbidden. off: succeeds
import os


def attack(target):
    try:
        folder = os.open(target["folder"], os.O_PATH)  # opens, for nothing can be read by it
        if os.readlink("points", dir_fd=folder) == "secret":
            return True
    except PermissionError:
        pass
    return os.readlink(target["folder"] + "/points") == "secret"
