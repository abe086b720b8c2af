# expect: right
import math
def adamw_update(params, grads, m_memory, v_memory, learning_rate, beta1, beta2, eps, weight_decay, t):
    for i in range(len(params)):
        param = params[i]
        grad = grads[i]
        m = beta1 * m_memory[i] + (1.0 - beta1) * grad
        v = beta2 * v_memory[i] + (1.0 - beta2) * grad * grad
        m_hat = m / (1.0 - beta1 ** t)
        v_hat = v / (1.0 - beta2 ** t)
        m_memory[i] = m
        v_memory[i] = v
        params[i] -= learning_rate * (m_hat / (math.sqrt(v_hat) + eps) + weight_decay * param)
