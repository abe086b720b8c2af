# expect: mistaken cross_entropy/gradient-not-divided-by-n
import torch

class Module:
    def __call__(self, *args):
        self.args = args
        self.out = self.forward(*args)
        return self.out

    def backward(self):
        self.bwd(self.out, *self.args)


class CrossEntropy(Module):
    def forward(self, inp, targ):
        return (inp.logsumexp(1) - inp[torch.arange(len(targ)), targ]).mean()

    def bwd(self, out, inp, targ):
        p = inp.softmax(1)
        p[torch.arange(len(targ)), targ] -= 1
        inp.g = p
