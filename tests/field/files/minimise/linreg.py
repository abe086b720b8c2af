# linear regression three ways (normal eq, batch gd, sgd)
import numpy as np
import pandas as pd
data = pd.read_csv("ex1data1.txt", names=["population", "profit"])
X = np.c_[np.ones(len(data)), data.population.values]
y = data.profit.values


def cost(theta, X, y):
    r = X @ theta - y
    return r @ r / (2 * len(y))


def batch_gradient_descent(X, y, theta, alpha, iters):
    J = []
    for _ in range(iters):
        theta = theta - alpha / len(y) * X.T @ (X @ theta - y)
        J.append(cost(theta, X, y))
    return theta, J


def sgd_step(theta, gradient, alpha):
    return theta - alpha * gradient


def sgd_fit(X, y, theta, alpha=0.01, epochs=3):
    for _ in range(epochs):
        for i in np.random.permutation(len(y)):
            g = (X[i] @ theta - y[i]) * X[i]
            theta = sgd_step(theta, g, alpha)
    return theta


theta, J = batch_gradient_descent(X, y, np.zeros(2), 0.01, 1500)
print(theta)
