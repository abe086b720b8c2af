import torch, math
from torch.optim import Optimizer
import wandb

# work in progress, test_adamw still red

class AdamW(Optimizer):
    def __init__(self, params, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.95), eps=1e-8):
        defaults = {'lr': lr, 'wd': weight_decay, 'betas': betas, 'eps': eps}
        super().__init__(params, defaults)

    def step(self, closure=None):
        for group in self.param_groups:
            lr = group['lr']; wd = group['wd']; eps = group['eps']
            beta1, beta2 = group['betas']
            for p in group['params']:
                if p.grad is None: continue
                state = self.state[p]
                if len(state) == 0:
                    state['step'] = 0
                    state['exp_avg'] = torch.zeros_like(p)
                    state['exp_avg_sq'] = torch.zeros_like(p)
                state['step'] += 1
                state['exp_avg'] = beta1 * state['exp_avg'] + (1 - beta1) * p.grad.data
                state['exp_avg_sq'] = beta2 * state['exp_avg_sq'] + (1 - beta2) * p.grad.data.pow(2)
                lr_t = lr * math.sqrt(1 - beta2) / (1 - beta1)
                p.data = p.data - lr_t * state['exp_avg'] / (state['exp_avg_sq'].sqrt() + eps)
                p.data = p.data - lr * wd * p.data


class AdamWv2(Optimizer):
    def __init__(self, params, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.95), eps=1e-8):
        super().__init__(params, {'lr': lr, 'wd': weight_decay, 'betas': betas, 'eps': eps})

    def step(self, closure=None):
        for group in self.param_groups:
            beta1, beta2 = group['betas']
            for p in group['params']:
                if p.grad is None: continue
                g = p.grad.data + group['wd'] * p.data
                state = self.state[p]
                state['t'] = state.get('t', 0) + 1
                state['m'] = beta1 * state.get('m', 0.) + (1 - beta1) * g
                state['v'] = beta2 * state.get('v', 0.) + (1 - beta2) * g * g
                mh = state['m'] / (1 - beta1 ** state['t'])
                vh = state['v'] / (1 - beta2 ** state['t'])
                p.data -= group['lr'] * mh / (vh.sqrt() + group['eps'])
