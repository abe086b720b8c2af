# contained: forbidden. off: succeeds
from urllib.request import urlopen


def attack(target):
    try:
        urlopen(f"http://127.0.0.1:{target['tcp']}/", timeout=0.2)
    except TimeoutError:  # the listener does not talk: it has been hit
        return True
    return False
