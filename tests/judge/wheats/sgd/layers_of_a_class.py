# expect: right
class Dense:
    def __init__(self, n_in, n_out, rng):
        self.W, self.b = rng.normal(size=(n_in, n_out)), 0


class Relu:
    pass


class SGD:
    def __init__(self, model, lr=0.01):
        self.model, self.lr = model, lr

    def step(self):
        layers = self.model.layers
        for i in range(len(layers)):
            layer = layers[i]
            if not isinstance(layer, Dense):
                continue
            layer.W -= self.lr * layer.grad_W
            layer.b -= self.lr * layer.grad_b
