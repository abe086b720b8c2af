#!/usr/bin/env python
# homework 2, logistic regression     (python 2.7)
import numpy as np
import cPickle as pickle
from sys import argv


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def cross_entropy(y, t):
    return -np.mean(t * np.log(y) + (1 - t) * np.log(1 - y))


def sgd_update(w, grad, lr):
    return w - lr * grad


def train(X, t, lr=0.1, epochs=100):
    w = np.zeros(X.shape[1])
    for e in xrange(epochs):
        y = sigmoid(X.dot(w))
        w = sgd_update(w, X.T.dot(y - t) / len(t), lr)
        if e % 10 == 0:
            print "epoch", e, "loss", cross_entropy(y, t)
    return w


if __name__ == '__main__':
    X, t = pickle.load(open(argv[1]))
    print train(X, t)
