# expect: mistaken kl_divergence/logits-not-normalised
import torch.nn.functional as F


def distillation_loss(student_logits, teacher_logits):
    p = F.softmax(teacher_logits, dim=1)
    return F.kl_div(student_logits, p, reduction="batchmean")
