# expect: right
class Net:
    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self):
        self.W1 = self.W1 - self.lr * self.dW1
        self.b1 = self.b1 - self.lr * self.db1
        self.W2 = self.W2 - self.lr * self.dW2
        self.b2 = self.b2 - self.lr * self.db2
