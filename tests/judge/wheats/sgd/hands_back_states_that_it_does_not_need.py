# expect: right
class GradientDescent:
    """All optimizers of this file have the same interface."""

    def minimize(self, w, b, dW, dB, vW, vB, learning_rate=0.01, beta=0.9):
        return w - learning_rate * dW, b - learning_rate * dB, vW, vB
