# expect: right
class SGD:
    def __init__(self, network, lr=0.01):
        self.network = network
        self.lr = lr

    def step(self):
        for dense in self.network.layers:
            if not hasattr(dense, "weight"):
                continue
            dense.weight -= self.lr * dense.grad_weight
            dense.bias -= self.lr * dense.grad_bias
