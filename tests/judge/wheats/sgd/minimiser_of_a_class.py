# expect: right
import numpy as np


class GradientDescent:
    def __init__(self, loss_func, grad_func, learning_rate=0.01):
        self.loss = loss_func
        self.grad = grad_func
        self.learning_rate = learning_rate

    def optimize(self, x0, max_iters=100, tolerance=1e-6):
        x = np.array(x0)
        losses = [self.loss(x)]
        for _ in range(max_iters):
            g = self.grad(x)
            if np.linalg.norm(g) < tolerance:
                break
            x = x - self.learning_rate * g
            losses.append(self.loss(x))
        return {"x": x, "losses": losses}
