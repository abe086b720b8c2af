# contained: error. off: succeeds
import threading


def attack(target):
    stop = threading.Event()
    try:
        for _ in range(500):
            threading.Thread(target=stop.wait, daemon=True).start()
    finally:
        stop.set()
    return True
