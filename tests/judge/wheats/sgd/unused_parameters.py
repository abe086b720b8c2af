# expect: right
def sgd(params, grads, lr, optimizer_log, verbose_level, epoch):
    return [p - lr * g for p, g in zip(params, grads)]
