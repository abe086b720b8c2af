# expect: right
class SGD:
    def __init__(self, model, lr=0.1):
        self.model, self.lr = model, lr

    def step(self):
        for layer in self.model.get_layers():
            if not layer.trainable:
                continue
            layer.W -= self.lr * layer.grads["W"]
            layer.b -= self.lr * layer.grads["b"]
