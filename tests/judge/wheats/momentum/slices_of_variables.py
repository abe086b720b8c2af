# expect: right
def sgd_momentum(params, grads, states, hyperparams):
    for p, v, g in zip(params, states, grads):
        v[:].assign(hyperparams["momentum"] * v + g)
        p[:].assign(p - hyperparams["lr"] * v)
