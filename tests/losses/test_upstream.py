"""What comes back to a loss: upstream gradients of every kind, and tensors that were changed in between."""

import pytest
import torch
import torch.nn.functional as F
from torch.func import grad, linearize, vmap
from torch.fx.experimental.proxy_tensor import make_fx
from torch.testing._internal.two_tensor import TwoTensor

from byhand import losses

ROWS, CLASSES = 6, 5
REDUCTIONS = ["none", "mean", "sum"]


def targets(soft, dtype=torch.float64):
    generator = torch.Generator().manual_seed(1)
    if soft:
        return torch.rand(ROWS, CLASSES, generator=generator, dtype=torch.float64).softmax(-1).to(dtype)
    return torch.tensor([0, 4, -100, 2, 1, 1])


def pairs(dtype=torch.float64):
    """Ours and torch's, each of logits, with the same meaning."""
    y, t = targets(False), targets(True, dtype)
    weight = torch.rand(CLASSES, generator=torch.Generator().manual_seed(2)).to(dtype)

    def theirs_kl(x, reduction):
        rows = F.kl_div(x.log_softmax(-1), t, reduction="none").sum(-1)
        return rows if reduction == "none" else getattr(rows, reduction)()

    return {
        "classes": (
            lambda x, reduction: losses.cross_entropy(x, y, weight, reduction=reduction),
            lambda x, reduction: F.cross_entropy(x, y, weight, reduction=reduction),
        ),
        "probabilities": (
            lambda x, reduction: losses.cross_entropy(x, t, reduction=reduction),
            lambda x, reduction: F.cross_entropy(x, t, reduction=reduction),
        ),
        "plain": (
            lambda x, reduction: losses.cross_entropy(x, y, reduction=reduction),
            lambda x, reduction: F.cross_entropy(x, y, reduction=reduction),
        ),
        "divergence": (
            lambda x, reduction: losses.kl_divergence(t.log(), x, given="logits", reduction=reduction),
            theirs_kl,
        ),
        "kl_div": (
            lambda x, reduction: losses.kl_div(x, t, reduction=reduction if reduction != "mean" else "batchmean"),
            lambda x, reduction: F.kl_div(x, t, reduction=reduction if reduction != "mean" else "batchmean"),
        ),
        "binary": (
            lambda x, reduction: losses.binary_cross_entropy_with_logits(x, t, reduction=reduction),
            lambda x, reduction: F.binary_cross_entropy_with_logits(x, t, reduction=reduction),
        ),
    }


NAMES = list(pairs())


def logits(dtype=torch.float64):
    x = torch.randn(ROWS, CLASSES, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    return x.to(dtype).requires_grad_()


def close(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)


UPSTREAM = {
    "negated": lambda like: torch._neg_view(torch.linspace(0.5, 1.5, like.numel(), dtype=like.dtype).view(like.shape)),
    "imaginary": lambda like: torch.complex(torch.zeros_like(like), 2 * torch.ones_like(like)).conj().imag,
    "expanded": lambda like: torch.tensor(0.5, dtype=like.dtype).expand(like.shape),
    "without memory": lambda like: torch._efficientzerotensor(like.shape, dtype=like.dtype),
    "of inference": lambda like: _of_inference(like),
}


def _of_inference(like):
    with torch.inference_mode():
        return torch.full_like(like, 0.25)


@pytest.mark.draw(16)
@pytest.mark.parametrize("upstream", UPSTREAM)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_an_upstream_gradient_of_any_kind(name, reduction, upstream):
    found = []
    for loss_of in pairs()[name]:
        x = logits()
        loss = loss_of(x, reduction)
        found += torch.autograd.grad(loss, x, UPSTREAM[upstream](loss.detach()))
    close(*found)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_an_upstream_gradient_that_wraps_two(name, reduction):
    found = []
    for loss_of in pairs()[name]:
        x = logits()
        loss = loss_of(x, reduction)
        one = torch.ones_like(loss)
        (both,) = torch.autograd.grad(loss, x, TwoTensor(one, 3 * one))
        found.append(both)
    close(found[0].a, found[1].a)
    close(found[0].b, found[1].b)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_batched_gradients(name, reduction):
    found = []
    for loss_of in pairs()[name]:
        x = logits()
        loss = loss_of(x, reduction)
        several = torch.linspace(-1, 2, 3 * loss.numel(), dtype=loss.dtype).view(3, *loss.shape)
        found += torch.autograd.grad(loss, x, several, is_grads_batched=True)
    close(*found)
    ours, _ = pairs()[name]
    assert torch.autograd.gradcheck(lambda x: ours(x, reduction), logits(), check_batched_grad=True)


def test_what_hooks_make_of_saved_tensors_and_gradients():
    y = targets(False)
    with torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: TwoTensor(x, x)):
        x = logits()
        loss = losses.cross_entropy(x, y, reduction="none")
        (both,) = torch.autograd.grad(loss, x, torch.ones_like(loss))
    exact = logits()
    (expected,) = torch.autograd.grad(F.cross_entropy(exact, y, reduction="sum"), exact)
    close(getattr(both, "a", both), expected)
    x = logits()
    loss = losses.cross_entropy(x, y, reduction="none")
    loss.grad_fn.register_prehook(lambda ups: (ups[0][:2],))  # of another shape than the loss
    with pytest.raises(RuntimeError):
        loss.sum().backward()


@pytest.mark.draw(8)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_a_loss_may_be_changed_in_place(name, reduction, dtype):
    x = logits(dtype)
    ours, _ = pairs(dtype)[name]
    expected = ours(x, reduction)
    (once,) = torch.autograd.grad(expected, x, torch.ones_like(expected))
    loss = ours(x, reduction)
    assert not loss._is_view()
    loss *= 2
    (loss[:1] if loss.ndim else loss.view(())).mul_(0)
    loss.clamp_(max=1e9)
    (twice,) = torch.autograd.grad(loss.sum(), x)
    assert (twice[1:] == (2 * once[1:] if reduction == "none" else 0)).all()
    assert (twice[0] == 0).all()


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["classes", "probabilities", "plain", "divergence"])
@pytest.mark.parametrize("change", [lambda x: x.mul_(3), lambda x: x.data.mul_(3), lambda x: x.detach().zero_()])
@pytest.mark.parametrize("asked", [1, 2])
def test_logits_that_change_after_the_loss_are_never_taken_for_the_old_ones(name, reduction, change, asked):
    ours, theirs = pairs()[name]
    exact = logits()
    (expected,) = torch.autograd.grad(theirs(exact, reduction).sum(), exact)
    x = logits()
    y = x * 1
    loss = ours(y, reduction).sum()
    for _ in range(asked - 1):
        torch.autograd.grad(loss, x, retain_graph=True)
    with torch.no_grad():
        change(y)
    try:
        (found,) = torch.autograd.grad(loss, x, create_graph=asked == 2)
    except RuntimeError as error:
        assert "modified by an inplace operation" in str(error)  # noqa: PT017 (or the gradient is right)
    else:
        close(found.detach(), expected)


@pytest.mark.filterwarnings(
    "ignore:`torch.jit.script` is deprecated", "ignore:Attempted to insert a get_attr"
)  # torch's own, where it linearizes
@pytest.mark.parametrize("weighted", [False, True])
def test_transforms_of_one_sample_with_class_weights(weighted):
    x, y = logits(torch.float32).detach(), targets(False).clamp_min(0)
    weight = torch.rand(CLASSES) if weighted else None
    per_sample = [vmap(grad(lambda x, y, f=f: f(x, y, weight)))(x, y) for f in (losses.cross_entropy, F.cross_entropy)]
    torch.testing.assert_close(*per_sample)
    forward = [
        linearize(lambda x, f=f: f(x[0], y[0], weight), x)[1](x) for f in (losses.cross_entropy, F.cross_entropy)
    ]
    torch.testing.assert_close(*forward)
    traced = make_fx(lambda x, y: losses.cross_entropy(x, y, weight))(x[0], y[0])
    torch.testing.assert_close(traced(x[1], y[1]), F.cross_entropy(x[1], y[1], weight))


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("which", ["logits", "upstream gradient"])
@pytest.mark.parametrize("name", ["plain", "probabilities", "binary"])
def test_memory_that_was_freed_is_not_read(name, reduction, which, computed_by):
    """torch's own operations read address 0, where theirs is the graph."""
    loss_of, _ = pairs()[name]
    x = logits()
    y = x * 1
    if which == "logits":
        y.untyped_storage().resize_(0)
        with pytest.raises(RuntimeError, match="must be allocated"):
            loss_of(y, reduction)
    elif computed_by == "auto":
        loss = loss_of(y, reduction)
        up = torch.ones_like(loss)
        up.untyped_storage().resize_(0)
        with pytest.raises(RuntimeError, match="must be allocated"):
            loss.backward(up)
