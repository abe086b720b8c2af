# contained: forbidden. off: succeeds
import tempfile


def attack(target):
    tempfile.tempdir = None
    with tempfile.NamedTemporaryFile(dir="/tmp") as file:
        return file.write(b"x") == 1
