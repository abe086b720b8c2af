# contained: too slow. off: not shown, for the clock is the judge's and no layer
while True:
    pass
