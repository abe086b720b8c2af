# expect: mistaken sgd/gradient-added
class 优化:
    学习率 = 0.1

    def clip(self, g, c):
        return max(-c, min(c, g))

    def sgd(self, w, dw, lr):
        return [a + lr * b for a, b in zip(w, dw)]
