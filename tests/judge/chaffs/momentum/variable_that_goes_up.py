# expect: mistaken momentum/sign-flipped
def sgd_momentum(params, grads, states, hyperparams):
    for p, v, g in zip(params, states, grads):
        v.assign(hyperparams["momentum"] * v + g)
        p.assign_add(hyperparams["lr"] * v)
