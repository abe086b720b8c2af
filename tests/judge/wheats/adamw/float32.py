# expect: right
import torch


def adamw_update(param, grad, exp_avg, exp_avg_sq, step, lr, beta1, beta2, eps, weight_decay):
    param, grad = param.float(), grad.float()
    exp_avg, exp_avg_sq = exp_avg.float(), exp_avg_sq.float()
    exp_avg = exp_avg * beta1 + grad * (1 - beta1)
    exp_avg_sq = exp_avg_sq * beta2 + grad * grad * (1 - beta2)
    denom = (exp_avg_sq / (1 - beta2**step)).sqrt() + eps
    param = param * (1 - lr * weight_decay) - lr / (1 - beta1**step) * exp_avg / denom
    return param, exp_avg, exp_avg_sq
