import numpy as np
# course project, optimizer for our toy framework: config dict + nested lists


def adam_optimizer(variables, gradients, config, state):
    state.setdefault('m', {})
    state.setdefault('v', {})
    state.setdefault('t', 0)
    i = 0
    for layer_vars, layer_grads in zip(variables, gradients):
        for w, g in zip(layer_vars, layer_grads):
            state['t'] += 1
            m = state['m'].setdefault(i, np.zeros_like(g))
            v = state['v'].setdefault(i, np.zeros_like(g))
            np.add(config['beta1'] * m, (1 - config['beta1']) * g, out=m)
            np.add(config['beta2'] * v, (1 - config['beta2']) * g * g, out=v)
            lr_t = config['learning_rate'] * np.sqrt(1 - config['beta2'] ** state['t']) / (1 - config['beta1'] ** state['t'])
            w -= lr_t * m / (np.sqrt(v) + config['epsilon'])
            i += 1
