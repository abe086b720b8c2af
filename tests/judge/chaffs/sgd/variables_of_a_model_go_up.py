# expect: mistaken sgd/gradient-added
def gradient_descent_step(model, grads, lr=0.01):
    for variable, grad in zip(model.trainable_variables, grads):
        variable.assign_add(lr * grad)
