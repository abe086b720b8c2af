# adam для нашей библиотечки: модель отдаёт списки списков
import numpy as np


def adam_optimizer(variables, gradients, config, state):
    state.setdefault('m', {})
    state.setdefault('v', {})
    state.setdefault('t', 0)
    state['t'] += 1
    lr_t = config['learning_rate'] * np.sqrt(1 - config['beta2'] ** state['t']) / (1 - config['beta1'] ** state['t'])
    index = 0
    for layer_vars, layer_grads in zip(variables, gradients):
        for var, grad in zip(layer_vars, layer_grads):
            m = state['m'].setdefault(index, np.zeros_like(grad))
            v = state['v'].setdefault(index, np.zeros_like(grad))
            np.add(config['beta1'] * m, (1 - config['beta1']) * grad, out=m)
            np.add(config['beta2'] * v, (1 - config['beta2']) * grad ** 2, out=v)
            var -= lr_t * m / (np.sqrt(v) + config['epsilon'])
            index += 1


class Sequential:
    def __init__(self):
        self.modules = []

    def add(self, module):
        self.modules.append(module)

    def getParameters(self):
        return [m.getParameters() for m in self.modules]

    def getGradParameters(self):
        return [m.getGradParameters() for m in self.modules]


class SGD:
    def __init__(self, model, lr=1e-2):
        self.model, self.lr = model, lr

    def step(self):
        for params, grads in zip(self.model.getParameters(), self.model.getGradParameters()):
            for p, g in zip(params, grads):
                p -= self.lr * g
