# expect: right
class GradientDescent:
    def __init__(self, loss, lr=0.1):
        self.loss = loss
        self.lr = lr

    def optimize(self, w, steps):
        for _ in range(steps):
            w = w - self.lr * self.loss.evaluate_gradient(w)
        return w
