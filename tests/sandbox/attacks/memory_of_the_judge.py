# contained: forbidden. off: succeeds for root


def attack(target):
    with open(f"/proc/{target['pid']}/mem", "r+b", buffering=0) as file:
        file.seek(target["address"])
        file.write(b"right")
    return True
