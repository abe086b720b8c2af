# expect: right
class SGD:
    def __init__(self, learning_rate):
        self.learning_rate = learning_rate

    def apply_gradients(self, layers, grads):
        for layer, (dW, db) in zip(layers, grads):
            layer.weights = layer.weights - self.learning_rate * dW
            layer.biases = layer.biases - self.learning_rate * db
