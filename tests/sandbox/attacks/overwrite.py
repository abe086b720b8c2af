# contained: forbidden. off: succeeds

def attack(target):
    with open(target["canary"], "r+b") as file:
        return file.write(b"x") == 1
