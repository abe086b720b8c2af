"""chapter 3.4, retyped as a module so that I can import it from the other notebooks"""
import torch
from d2l import torch as d2l


class LinearRegressionScratch(d2l.Module):
    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.w = (sigma * torch.randn(num_inputs, 1)).requires_grad_()
        self.b = torch.zeros(1).requires_grad_()

    def configure_optimizers(self):
        return SGD([self.w, self.b], self.lr)


@d2l.add_to_class(LinearRegressionScratch)
def loss(self, y_hat, y):
    return 0.5 * (y_hat - y).square().mean()


class SGD(d2l.HyperParameters):
    """plain steps"""

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
    net = LinearRegressionScratch(3, lr=0.02)
    d2l.Trainer(max_epochs=2).fit(net, d2l.SyntheticRegressionData(w=torch.ones(3), b=-1.0))
