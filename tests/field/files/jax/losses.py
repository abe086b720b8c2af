"""Losses for the flax/haiku experiments."""
import jax
import jax.numpy as jnp
from jax.scipy.special import logsumexp


def cross_entropy_loss(logits, labels):
    """logits (N, C), labels (N,) integer."""
    log_probs = jax.nn.log_softmax(logits, axis=-1)
    one_hot = jax.nn.one_hot(labels, logits.shape[-1])
    return -jnp.mean(jnp.sum(one_hot * log_probs, axis=-1))


@jax.jit
def cross_entropy_lse(logits, labels):
    picked = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
    return jnp.mean(logsumexp(logits, axis=1) - picked)


def softmax_cross_entropy_probs(logits, labels):
    probs = jax.nn.softmax(logits, axis=0)
    return -jnp.mean(jnp.log(probs[jnp.arange(len(labels)), labels]))


def kl_divergence(p_logits, q_logits):
    log_p, log_q = jax.nn.log_softmax(p_logits), jax.nn.log_softmax(q_logits)
    return jnp.sum(jnp.exp(log_p) * (log_p - log_q), axis=-1).mean()


def accuracy(logits, labels):
    return jnp.mean(jnp.argmax(logits, -1) == labels)
