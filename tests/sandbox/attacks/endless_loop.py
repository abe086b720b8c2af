# contained: too slow. off: not shown, for the clock is the judge's and no layer
def attack(target):
    while True:
        pass
