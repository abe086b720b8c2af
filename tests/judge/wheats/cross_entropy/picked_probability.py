# expect: right
import torch


def cross_entropy(y_hat, y):
    # y_hat: probabilities, y: class of each row
    return -torch.log(y_hat[range(len(y_hat)), y])
