# expect: right
class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, layers):
        for layer in layers:
            layer["W"] -= self.lr * layer["dW"]
            layer["b"] -= self.lr * layer["db"]
