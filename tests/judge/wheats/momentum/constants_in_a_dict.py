# expect: right
CONFIG = {"learning_rate": 0.05, "momentum": 0.85}


def momentum_step(ws, gs, velocities):
    for i, g in enumerate(gs):
        velocities[i] = CONFIG["momentum"] * velocities[i] + g
        ws[i] = ws[i] - CONFIG["learning_rate"] * velocities[i]
    return ws, velocities
