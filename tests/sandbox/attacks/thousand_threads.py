# contained: error, or gone. off: succeeds
import threading
import time


def attack(target):
    """With stacks so small that the limit of memory does not matter."""
    threading.stack_size(64 << 10)
    stop = threading.Event()
    try:
        for _ in range(1000):
            threading.Thread(target=stop.wait, daemon=True).start()
        time.sleep(0.2)
    finally:
        stop.set()
    return True
