# contained: forbidden. off: succeeds

def attack(target):
    with open(f"/proc/{target['pid']}/environ", "rb") as file:
        return len(file.read()) > 0
