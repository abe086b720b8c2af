# -*- coding: utf-8 -*-
# 旧版 Keras（1.x / 2.0）的自定义优化器，记录一下写法
from __future__ import absolute_import
import keras.backend as K
from keras.optimizers import Optimizer


class MomentumSGD(Optimizer):
    def __init__(self, lr=0.01, momentum=0.9, **kwargs):
        super(MomentumSGD, self).__init__(**kwargs)
        self.iterations = K.variable(0., name='iterations')
        self.lr = K.variable(lr)
        self.momentum = K.variable(momentum)

    def get_updates(self, params, constraints, loss):
        grads = self.get_gradients(loss, params)
        self.updates = [K.update_add(self.iterations, 1)]
        moments = [K.zeros(K.get_variable_shape(p)) for p in params]
        self.weights = [self.iterations] + moments
        for p, g, m in zip(params, grads, moments):
            v = self.momentum * m - self.lr * g   # 速度
            self.updates.append(K.update(m, v))
            self.updates.append(K.update(p, p + v))
        return self.updates


class AdamW(Optimizer):
    '''Adam + 解耦的权重衰减'''

    def __init__(self, lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8, weight_decay=0.01, **kwargs):
        super(AdamW, self).__init__(**kwargs)
        self.iterations = K.variable(0., name='iterations')
        self.lr = K.variable(lr)
        self.beta_1 = K.variable(beta_1)
        self.beta_2 = K.variable(beta_2)
        self.epsilon = epsilon
        self.wd = K.variable(weight_decay)

    def get_updates(self, params, constraints, loss):
        grads = self.get_gradients(loss, params)
        self.updates = [K.update_add(self.iterations, 1)]
        t = self.iterations + 1
        lr_t = self.lr / (1. - K.pow(self.beta_1, t))   # 只修正一阶矩
        ms = [K.zeros(K.get_variable_shape(p)) for p in params]
        vs = [K.zeros(K.get_variable_shape(p)) for p in params]
        self.weights = [self.iterations] + ms + vs
        for p, g, m, v in zip(params, grads, ms, vs):
            m_t = (self.beta_1 * m) + (1. - self.beta_1) * g
            v_t = (self.beta_2 * v) + (1. - self.beta_2) * K.square(g)
            p_t = p - lr_t * m_t / (K.sqrt(v_t) + self.epsilon) - self.lr * self.wd * p
            self.updates.append(K.update(m, m_t))
            self.updates.append(K.update(v, v_t))
            self.updates.append(K.update(p, p_t))
        return self.updates
