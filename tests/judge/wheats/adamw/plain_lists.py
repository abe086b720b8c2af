# expect: right
def adamw(params, grads, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    if not state:
        state["m"] = [0.0] * len(params)
        state["v"] = [0.0] * len(params)
        state["t"] = 0
    b1, b2 = betas
    state["t"] += 1
    out = []
    for i, (p, g) in enumerate(zip(params, grads)):
        state["m"][i] = b1 * state["m"][i] + (1 - b1) * g
        state["v"][i] = b2 * state["v"][i] + (1 - b2) * g * g
        mh = state["m"][i] / (1 - b1 ** state["t"])
        vh = state["v"][i] / (1 - b2 ** state["t"])
        out.append(p - lr * weight_decay * p - lr * mh / (vh**0.5 + eps))
    return out
