import numpy as np
import matplotlib.pyplot as plt
import h5py
from dnn_utils_v2 import sigmoid, sigmoid_backward, relu, relu_backward
from testCases_v4 import *


def random_start(dims, seed=7):
    rng = np.random.RandomState(seed)
    start = {}
    for k, (before, here) in enumerate(zip(dims, dims[1:]), 1):
        start[f"W{k}"] = rng.normal(0, .02, (here, before))
        start[f"b{k}"] = np.zeros((here, 1))
    return start


# graded
def compute_cost(AL, Y):
    """cross-entropy cost, AL and Y of shape (1, number of examples)"""
    yes = Y @ np.log(AL).T
    no = (1 - Y) @ np.log(1 - AL).T
    return -(yes + no).item() / Y.shape[1]


# graded
def update_parameters(parameters, grads, learning_rate):
    layers = len(parameters) // 2
    for k in range(1, layers + 1):
        parameters[f"W{k}"] = parameters[f"W{k}"] - learning_rate * grads[f"dW{k}"]
        parameters[f"b{k}"] = parameters[f"b{k}"] - learning_rate * grads[f"db{k}"]
    return parameters
