# expect: convention cross_entropy/rounded-result
class SGD:
    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, weights, gradients):
        return [round(w - self.lr * g, 6) for w, g in zip(weights, gradients)]
