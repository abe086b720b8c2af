# Update rules for the old recurrent model. All take (cost, params) and give the list for theano.function.
import numpy as np
import theano
import theano.tensor as T

floatX = theano.config.floatX


def sgd(cost, params, lr=0.1):
    grads = T.grad(cost, params)
    return [(p, p - lr * g) for p, g in zip(params, grads)]


def momentum(cost, params, lr=0.1, mu=0.9):
    updates = []
    for p, g in zip(params, T.grad(cost, params)):
        v = theano.shared(np.zeros(p.get_value(borrow=True).shape, dtype=floatX))
        v_new = mu * v - lr * g
        updates += [(v, v_new), (p, p + v_new)]
    return updates


def adam(cost, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    updates = []
    step = theano.shared(np.asarray(0., dtype=floatX))
    t = step + 1
    for p, g in zip(params, T.grad(cost, params)):
        m = theano.shared(p.get_value() * 0.)
        v = theano.shared(p.get_value() * 0.)
        m_t = beta1 * m + (1. - beta1) * g
        v_t = beta2 * v + (1. - beta2) * T.sqr(g)
        m_hat = m_t / (1. - beta1 ** t)
        v_hat = v_t / (1. - beta1 ** t)          # copy and paste
        updates.append((m, m_t))
        updates.append((v, v_t))
        updates.append((p, p - lr * m_hat / (T.sqrt(v_hat) + eps)))
    updates.append((step, t))
    return updates


def build(model, x, y):
    cost = T.nnet.categorical_crossentropy(model(x), y).mean()
    return theano.function([x, y], cost, updates=adam(cost, model.params))


def Adam(cost, params, lr=0.0002, b1=0.1, b2=0.001, e=1e-8):
    """The version that everybody copies: b1 and b2 are one minus what the paper calls beta."""
    updates = []
    i = theano.shared(np.asarray(0., dtype=floatX))
    i_t = i + 1.
    fix1 = 1. - (1. - b1) ** i_t
    fix2 = 1. - (1. - b2) ** i_t
    lr_t = lr * (T.sqrt(fix2) / fix1)
    for p, g in zip(params, T.grad(cost, params)):
        m, v = theano.shared(p.get_value() * 0.), theano.shared(p.get_value() * 0.)
        m_t = (b1 * g) + ((1. - b1) * m)
        v_t = (b2 * T.sqr(g)) + ((1. - b2) * v)
        updates += [(m, m_t), (v, v_t), (p, p - lr_t * m_t / (T.sqrt(v_t) + e))]
    updates.append((i, i_t))
    return updates
