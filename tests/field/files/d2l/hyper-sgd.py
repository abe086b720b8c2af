"""chapter 3.4, retyped as a module so that I can import it from the other notebooks"""
import torch
from d2l import torch as d2l


class LinearRegressionScratch(d2l.Module):
    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.w = torch.normal(0, sigma, (num_inputs, 1), requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def configure_optimizers(self):
        return SGD([self.w, self.b], self.lr)


@d2l.add_to_class(LinearRegressionScratch)
def loss(self, y_hat, y):
    l = (y_hat - y) ** 2 / 2
    return l.mean()


class SGD(d2l.HyperParameters):
    """Minibatch stochastic gradient descent."""

    def __init__(self, params, lr):
        fc = self
        fc.params, fc.lr = params, lr

    def step(self):
        for p in self.params:
            p.data -= self.lr * p.grad

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.zero_()


class MomentumSGD(SGD):
    def __init__(self, params, lr, momentum=0.9):
        super().__init__(list(params), lr)
        self.momentum = momentum
        self.bufs = [torch.zeros_like(p) for p in self.params]

    def step(self):
        for buf, p in zip(self.bufs, self.params):
            buf.mul_(self.momentum).add_(p.grad)
            p.data -= self.lr * buf


if __name__ == '__main__':
    model = LinearRegressionScratch(2, lr=0.03)
    data = d2l.SyntheticRegressionData(w=torch.tensor([2, -3.4]), b=4.2)
    trainer = d2l.Trainer(max_epochs=3)
    trainer.fit(model, data)
