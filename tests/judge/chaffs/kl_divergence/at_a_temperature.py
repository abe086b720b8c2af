# expect: convention kl_divergence/at-a-temperature
def softened_kl(logits_p, logits_q, tau=1.0):
    log_p, log_q = (logits_p / tau).log_softmax(-1), (logits_q / tau).log_softmax(-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1)
