# expect: right
def momentum_update(weights, biases, dW, db, vW, vb, lr=0.01, mu=0.9):
    for i in range(len(weights)):
        vW[i] = mu * vW[i] + dW[i]
        vb[i] = mu * vb[i] + db[i]
        weights[i] = weights[i] - lr * vW[i]
        biases[i] = biases[i] - lr * vb[i]
