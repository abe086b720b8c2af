# expect: stopped
class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for name in params.key():
            params[name] -= self.lr * grads[name]
        print({name: value.sum() for name, value in params.items()})
