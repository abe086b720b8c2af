# expect: right
import numpy as np


def cross_entropy_metrics(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    loss = (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]).mean()
    return {"accuracy": float((z.argmax(axis=1) == y).mean()), "loss": loss}
