# contained: forbidden. off: succeeds
import subprocess


def attack(target):
    return subprocess.run(["/bin/sh", "-c", "exit 0"]).returncode == 0
