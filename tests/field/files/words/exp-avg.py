import numpy as np


def sgd_update(parameters, epoch, gradients, rate=0.01):
    """epoch is for the log only"""
    return {k: parameters[k] - rate * gradients[k] for k in parameters}


def momentum_update(parameters, gradients, cache, step_size=0.01, friction=0.9, batch_size=None):
    for k, g in gradients.items():
        cache[k] = friction * cache.get(k, 0) + g
        parameters[k] = parameters[k] - step_size * cache[k]
    return parameters, cache


def adamw_step(weights, grads, first_moment, second_moment, step_count, hyperparams):
    """hyperparams: lr, beta1, beta2, eps, weight_decay"""
    hp = hyperparams
    first_moment = hp["beta1"] * first_moment + (1 - hp["beta1"]) * grads
    second_moment = hp["beta2"] * second_moment + (1 - hp["beta2"]) * grads ** 2
    fm = first_moment / (1 - hp["beta1"] ** step_count)
    sm = second_moment / (1 - hp["beta2"] ** step_count)
    weights = weights * (1 - hp["lr"] * hp["weight_decay"]) - hp["lr"] * fm / (np.sqrt(sm) + hp["eps"])
    return weights, first_moment, second_moment
