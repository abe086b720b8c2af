# expect: mistaken kl_divergence/logits-not-normalised
import numpy as np


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class DistillationLoss:
    def forward(self, student_logits, teacher_logits):
        p = softmax(teacher_logits)
        return np.mean(np.sum(p * (np.log(p) - student_logits), axis=1))
