# expect: right
class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, model):
        for value, slope in zip(model.parameters(), model.gradients()):
            value -= self.lr * slope
