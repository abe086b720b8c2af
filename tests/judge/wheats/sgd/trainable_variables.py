# expect: right
class SGD:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def apply_gradients(self, grads_and_vars):
        for grad, var in grads_and_vars:
            var.assign(var - self.learning_rate * grad)
