# expect: convention sgd/divided-by-the-batch-size
import tensorflow as tf


def sgd(params, grads, lr, batch_size):
    """d2l in TensorFlow: grads come from the tape."""
    for param, grad in zip(params, grads):
        param.assign_sub(lr * grad / batch_size)
