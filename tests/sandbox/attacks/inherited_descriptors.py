# contained: harmless. off: not shown, for that they are closed is no layer
import os
import stat


def attack(target):
    for descriptor in range(3, 4096):
        try:
            kind = os.fstat(descriptor).st_mode
        except OSError:
            continue
        if not stat.S_ISFIFO(kind):
            return True
    return len(os.environ.get("JUDGE_SECRET", "")) > 0
