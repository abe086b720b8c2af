"""Adam for the old optimizer interface, to see what fit() really does with it."""
from keras import backend as K
from keras.legacy import interfaces
from keras.optimizers import Optimizer


class MyAdam(Optimizer):
    """Same arguments as the one that ships with the library.

    # Arguments
        lr: float >= 0. Learning rate.
        beta_1, beta_2: floats, 0 < beta < 1.
        epsilon: fuzz factor.
        decay: learning rate decay over each update.
    """

    def __init__(self, lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=None, decay=0., **kwargs):
        super(MyAdam, self).__init__(**kwargs)
        with K.name_scope(self.__class__.__name__):
            self.iterations = K.variable(0, dtype='int64', name='iterations')
            self.lr = K.variable(lr, name='lr')
            self.beta_1 = K.variable(beta_1, name='beta_1')
            self.beta_2 = K.variable(beta_2, name='beta_2')
            self.decay = K.variable(decay, name='decay')
        if epsilon is None:
            epsilon = K.epsilon()
        self.epsilon = epsilon
        self.initial_decay = decay

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        grads = self.get_gradients(loss, params)
        self.updates = [K.update_add(self.iterations, 1)]

        lr = self.lr
        if self.initial_decay > 0:
            lr = lr / (1. + self.decay * K.cast(self.iterations, K.dtype(self.decay)))

        t = K.cast(self.iterations, K.floatx()) + 1
        shapes = [K.int_shape(p) for p in params]
        firsts = [K.zeros(shape) for shape in shapes]
        seconds = [K.zeros(shape) for shape in shapes]
        self.weights = [self.iterations] + firsts + seconds

        for p, g, m, v in zip(params, grads, firsts, seconds):
            new_m = self.beta_1 * m + (1. - self.beta_1) * g
            new_v = self.beta_2 * v + (1. - self.beta_2) * K.square(g)
            m_hat = new_m / (1. - K.pow(self.beta_1, t))
            v_hat = new_v / (1. - K.pow(self.beta_2, t))
            new_p = p - lr * m_hat / (K.sqrt(v_hat) + self.epsilon)

            self.updates.append(K.update(m, new_m))
            self.updates.append(K.update(v, new_v))
            if getattr(p, 'constraint', None) is not None:
                new_p = p.constraint(new_p)
            self.updates.append(K.update(p, new_p))
        return self.updates

    def get_config(self):
        config = {'lr': float(K.get_value(self.lr)),
                  'beta_1': float(K.get_value(self.beta_1)),
                  'beta_2': float(K.get_value(self.beta_2)),
                  'decay': float(K.get_value(self.decay)),
                  'epsilon': self.epsilon}
        base_config = super(MyAdam, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


if __name__ == '__main__':
    from keras.datasets import mnist
    from keras.layers import Dense
    from keras.models import Sequential

    (x, y), _ = mnist.load_data()
    model = Sequential([Dense(64, activation='relu', input_shape=(784,)), Dense(10, activation='softmax')])
    model.compile(MyAdam(lr=3e-4), 'sparse_categorical_crossentropy')
    model.fit(x.reshape(-1, 784) / 255., y, epochs=2)
