# expect: right
class SGD:
    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, layers):
        for one in layers:
            one.W -= self.lr * one.dW
            one.b -= self.lr * one.db
