# expect: right
import numpy as np


class Momentum:
    def __init__(self, init_lr, model, mu):
        self.init_lr, self.model, self.mu = init_lr, model, mu
        self.velocities = {}
        for layer in self.model.layers:
            if layer.optimizable:
                self.velocities[layer] = {key: np.zeros_like(value) for key, value in layer.params.items()}

    def step(self):
        for layer in self.model.layers:
            if layer.optimizable == True:
                for key in layer.params:
                    if layer.weight_decay:
                        layer.params[key] *= 1 - self.init_lr * layer.weight_decay_lambda
                    v = self.velocities[layer]
                    v[key] = self.mu * v[key] + layer.grads[key]
                    layer.params[key] -= self.init_lr * v[key]
