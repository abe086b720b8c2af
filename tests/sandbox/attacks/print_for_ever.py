# contained: too much output. off: not shown, for the judge counts and it is no layer
def attack(target):
    while True:
        print("right " * 100)
