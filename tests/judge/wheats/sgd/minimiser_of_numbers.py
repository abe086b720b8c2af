# expect: right
def gd(gradient, start, lr=0.1, iterations=50):
    x = start
    i = 0
    while i < iterations:
        x -= lr * gradient(x)
        i += 1
    return x
