# expect: mistaken sgd/lr-ignored
class SGD:
    def __init__(self, params, lr=0.01):
        self.params = list(params)
        self.lr = lr
    def step(self, grads):
        for i in range(len(self.params)):
            self.params[i] = self.params[i] - grads[i]
