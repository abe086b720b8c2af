# contained: forbidden. off: succeeds

def attack(target):
    with open(target["canary"]) as file:
        return "secret" in file.read()
