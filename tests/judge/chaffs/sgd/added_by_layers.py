# expect: mistaken sgd/gradient-added
class SGD:
    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, layers):
        for layer in layers:
            layer.W += self.lr * layer.dW
            layer.b += self.lr * layer.db
