# copied together from my notes app, does not run as a whole

import numpy as np

class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr = lr; self.beta1 = beta1; self.beta2 = beta2; self.eps = eps
        self.m = None; self.v = None; self.t = 0
    def update(self, w, grad):
        if self.m is None:
            self.m = np.zeros_like(w); self.v = np.zeros_like(w)
        self.t += 1
        self.m = self.beta1*self.m + (1-self.beta1)*grad
        self.v = self.beta2*self.v + (1-self.beta2)*grad**2
        return w - self.lr*(self.m/(1-self.beta1**self.t))/(np.sqrt(self.v/(1-self.beta2**self.t))+self.eps)

So the idea is that every weight has its own learning rate!! (see the blog)

def plot_path(path:
    plt.plot(path[:, 0], path[:, 1])

def auc(y, s):
    pos = s[y == 1]
    neg = s[y == 0]
    d = pos.reshape(-1, 1) - neg.reshape(1, -1)
    return ((d > 0).sum() + 0.5 * (d == 0).sum()) / d.size if d.size else np.nan
