# expect: mistaken adam/no-root-over-v
def adam_step(pairs, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    state["t"] = state.get("t", 0) + 1
    for i, (w, grad) in enumerate(pairs):
        m, v = state.get(i, (0.0, 0.0))
        m = betas[0] * m + (1 - betas[0]) * grad
        v = betas[1] * v + (1 - betas[1]) * grad**2
        state[i] = m, v
        w -= lr * m / (1 - betas[0] ** state["t"]) / (v / (1 - betas[1] ** state["t"]) + eps)
