# expect: mistaken sgd/lr-ignored
class Net:
    def __init__(self, lr=0.1):
        self.lr = lr

    def sgd_update(self, grads, lr):
        self.W1 -= 0.01 * grads["W1"]
        self.b1 -= 0.01 * grads["b1"]
