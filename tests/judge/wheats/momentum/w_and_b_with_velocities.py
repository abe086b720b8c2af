# expect: right
def momentum_update(W, b, dW, db, v_W, v_b, lr=0.01, mu=0.9):
    v_W = mu * v_W + dW
    v_b = mu * v_b + db
    return W - lr * v_W, b - lr * v_b, v_W, v_b
