"""linear_cross_entropy, whole and in parts, against torch's in float64."""

import inspect

import jaxtyping
import pytest
import torch
import torch.nn.functional as F
from torch.fx.experimental.proxy_tensor import make_fx
from torch.testing._internal.two_tensor import TwoTensor

from byhand import losses
from byhand.losses import _linear


@pytest.fixture(autouse=True)
def unknown(monkeypatch):
    """A call that another test made may have been whole where here it is to be in parts."""
    monkeypatch.setattr(_linear._known, "_calls", {})


@pytest.fixture(params=["whole", "in parts"])
def held(request, monkeypatch):
    """How many logits at a time: all of these tests' 200 · 70, or 28 rows of them."""
    if request.param == "in parts":
        monkeypatch.setattr(_linear, "LOGITS", 2000)
    return request.param


def arguments(dtype, soft=False, bias=True, weight=True):
    x, W = torch.randn(200, 33).to(dtype), (0.3 * torch.randn(70, 33)).to(dtype)
    b, w = torch.randn(70).to(dtype) if bias else None, torch.rand(70).to(dtype) if weight else None
    target = torch.softmax(torch.randn(200, 70), -1).to(dtype) if soft else torch.randint(70, (200,))
    if not soft:
        target[5] = -100
    return x, W, b, target, w


@pytest.mark.draw(4)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("extra", [True, False])
def test_value_and_gradients_are_torchs(held, dtype, soft, reduction, extra):
    x, W, b, target, w = arguments(dtype, soft, extra, extra)
    ours = [None if y is None else y.clone().requires_grad_() for y in (x, W, b)]
    exact = [None if y is None else y.double().clone().requires_grad_() for y in (x, W, b)]
    options = {"reduction": reduction, "label_smoothing": 0.1}
    loss = losses.linear_cross_entropy(*ours[:2], target, linear_bias=ours[2], weight=w, **options)
    wide = [y if y is None or not y.is_floating_point() else y.double() for y in (target, w)]
    reference = F.linear_cross_entropy(*exact[:2], wide[0], linear_bias=exact[2], weight=wide[1], **options)
    assert ("LinearCrossEntropy" in str(loss.grad_fn)) == (held == "in parts")
    upstream = torch.linspace(0.5, 1.5, loss.numel()).reshape(loss.shape).to(dtype)
    loss.backward(upstream)
    reference.backward(upstream.double())
    pairs = [(loss, reference), *((a.grad, e.grad) for a, e in zip(ours, exact, strict=True) if a is not None)]
    for a, e in pairs:
        assert a.dtype == dtype
        # the logits themselves are rounded to the dtype, where the loss is computed from them and where it is not
        bound = 64 * torch.finfo(dtype).eps
        torch.testing.assert_close(a.double(), e, rtol=bound, atol=bound * e.abs().max().item())


def test_one_sample_and_more_dimensions(held):
    x, W = torch.randn(8).double(), torch.randn(5, 3, 8).double()
    ours = losses.linear_cross_entropy(
        x.expand(4, 8), W, torch.randint(5, (4, 3), generator=torch.Generator().manual_seed(1))
    )
    theirs = F.linear_cross_entropy(
        x.expand(4, 8), W, torch.randint(5, (4, 3), generator=torch.Generator().manual_seed(1))
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-13, atol=0)
    ours = losses.linear_cross_entropy(x, W[:, 0], torch.tensor(2))
    torch.testing.assert_close(ours, F.linear_cross_entropy(x, W[:, 0], torch.tensor(2)), rtol=1e-13, atol=0)


def test_a_gradient_asked_for_twice_and_one_of_a_gradient(held):
    x, W, b, target, w = arguments(torch.float64)
    x, W, b = (y[..., :40].contiguous().requires_grad_() for y in (x, W, b[:, None].expand(70, 1)[:, 0]))
    b = torch.randn(70, dtype=torch.float64, requires_grad=True)
    loss = losses.linear_cross_entropy(x, W, target, linear_bias=b, weight=w)
    first = torch.autograd.grad(loss, (x, W, b), retain_graph=True)
    second = torch.autograd.grad(loss, (x, W, b), retain_graph=True)
    for a, c in zip(first, second, strict=True):
        torch.testing.assert_close(a, c, rtol=0, atol=0)
    (g,) = torch.autograd.grad(loss, x, create_graph=True)
    theirs = F.linear_cross_entropy(x, W, target, linear_bias=b, weight=w)
    (h,) = torch.autograd.grad(theirs, x, create_graph=True)
    ours2, theirs2 = (torch.autograd.grad(y.square().sum(), W)[0] for y in (g, h))
    torch.testing.assert_close(ours2, theirs2, rtol=1e-10, atol=1e-14)


def test_all_rows_ignored(held):
    x, W, *_ = arguments(torch.float32)
    target = torch.full((200,), 3)
    assert losses.linear_cross_entropy(x, W, target, ignore_index=3).isnan()
    assert losses.linear_cross_entropy(x, W, target, ignore_index=3, reduction="sum") == 0


@pytest.mark.parametrize("kept", [0, 3])
@pytest.mark.parametrize("bias", [True, False])
def test_a_mean_over_no_weight_has_torchs_gradients(held, bias, kept):
    """0 for what is ignored, so that a batch of nothing leaves the weights alone; nan for rows that weigh nothing."""
    x, W, b, *_ = arguments(torch.float32, bias=bias)
    target, weight = torch.full((200,), -100), torch.ones(70)
    target[:kept], weight[3] = 3, 0
    grads = []
    for loss_of in (losses.linear_cross_entropy, F.linear_cross_entropy):
        given = [None if y is None else y.clone().requires_grad_() for y in (x, W, b)]
        loss_of(*given[:2], target, linear_bias=given[2], weight=weight if kept else None).backward()
        grads.append([y.grad for y in given if y is not None])
    for ours, theirs in zip(*grads, strict=True):
        assert torch.equal(ours.isnan(), theirs.isnan())
        assert torch.equal(ours.nan_to_num(), theirs.nan_to_num())


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("tracer", [torch.jit.trace, lambda f, x: make_fx(f)(*x)])
def test_what_is_traced_counts_the_rows_of_each_call(held, tracer):
    x, W, _, target, _ = arguments(torch.float32)
    other = target.clone()
    other[:100] = -100
    traced = tracer(lambda x, target: losses.linear_cross_entropy(x, W, target), (x, target))
    torch.testing.assert_close(traced(x, other), F.linear_cross_entropy(x, W, other))


@pytest.mark.parametrize("upstream", [lambda x: torch._neg_view(x), lambda x: TwoTensor(x, x)])
@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_an_upstream_gradient_of_any_kind(held, reduction, upstream):
    grads = []
    x, W, _, target, _ = arguments(torch.float64)
    x.requires_grad_()
    for loss_of in (losses.linear_cross_entropy, F.linear_cross_entropy):
        loss = loss_of(x, W, target, reduction=reduction)
        (grad,) = torch.autograd.grad(loss, x, upstream(torch.ones_like(loss)))
        grads.append(getattr(grad, "a", grad))
    torch.testing.assert_close(*grads)


def test_a_loss_may_be_changed_in_place(held):
    x, W, _, target, _ = arguments(torch.float32)
    x.requires_grad_()
    loss = losses.linear_cross_entropy(x, W, target, reduction="none")
    loss[0] = 0
    loss *= 2
    loss.sum().backward()
    assert (x.grad[0] == 0).all()


def test_torchs_options_and_the_meta_device(held):
    x, W, _, target, _ = arguments(torch.float32)
    expected = losses.linear_cross_entropy(x, W, target)
    for options in (None, torch.nn.LinearCrossEntropyOptions()):
        assert torch.equal(losses.linear_cross_entropy(x, W, target, options=options), expected)
    with pytest.raises(TypeError, match=r"^`options` of `linear_cross_entropy` must be "):
        inspect.unwrap(losses.linear_cross_entropy)(x, W, target, options={})
    meta = losses.linear_cross_entropy(*(y.to("meta") for y in (x, W, target)))
    assert (meta.device.type, meta.shape, meta.dtype) == ("meta", expected.shape, expected.dtype)


@pytest.mark.parametrize(
    ("argument", "change"),
    [
        ("input", {"input": torch.randn(2, 3, 33)}),
        ("input", {"input": torch.randn(33), "linear_weight": torch.randn(70, 2, 33), "target": torch.tensor([0, 1])}),
        ("linear_weight", {"linear_weight": torch.randn(70, 32)}),
        ("linear_bias", {"linear_bias": torch.randn(69)}),
        ("target", {"target": torch.randint(70, (199,))}),
        ("reduction", {"reduction": "avg"}),
        ("linear_weight", {"linear_weight": torch.randn(70, 33).double()}),
        ("linear_bias", {"linear_bias": torch.randn(70).double()}),
        ("ignore_index", {"target": torch.rand(200, 70), "ignore_index": -100}),
    ],
)
def test_bad_arguments(held, argument, change):
    x, W, *_ = arguments(torch.float32)
    given = {"input": x, "linear_weight": W, "target": torch.randint(70, (200,)), **change}
    with pytest.raises((RuntimeError, ValueError)) as theirs:
        F.linear_cross_entropy(**given)
    with pytest.raises(type(theirs.value), match=f"^`{argument}` of `linear_cross_entropy` must be .*, got "):
        inspect.unwrap(losses.linear_cross_entropy)(**given)


@pytest.mark.parametrize(
    ("argument", "change"),
    [
        ("target", {"target": torch.zeros(200, 1, dtype=torch.int64)}),
        ("target", {"target": torch.zeros(200, dtype=torch.int32)}),
        ("target", {"target": torch.rand(200, 69)}),
        ("weight", {"weight": torch.ones(69)}),
        ("weight", {"weight": torch.ones(70).double()}),
        ("ignore_index", {"ignore_index": 1.5}),
        ("label_smoothing", {"label_smoothing": "0.1"}),
        ("label_smoothing", {"label_smoothing": 1.5}),
    ],
)
def test_bad_arguments_of_the_cross_entropy(held, argument, change, monkeypatch):
    """In parts too they are refused for all rows at once, as torch refuses them."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # it would refuse them first
    x, W, *_ = arguments(torch.float32)
    given = {"input": x, "linear_weight": W, "target": torch.randint(70, (200,)), **change}
    with pytest.raises((RuntimeError, TypeError)) as theirs:
        F.linear_cross_entropy(**given)
    with pytest.raises(type(theirs.value), match=f"^`{argument}` of `cross_entropy` must be .*, got ") as ours:
        losses.linear_cross_entropy(**given)
    assert argument != "target" or "200" in str(ours.value) or "int32" in str(ours.value)


@pytest.mark.parametrize("dtypes", [(torch.float32, torch.float64), (torch.bfloat16, torch.float32)], ids=str)
def test_probabilities_of_another_dtype(held, dtypes):
    x, W, _, target, _ = arguments(dtypes[0], soft=True)
    ours = losses.linear_cross_entropy(x, W, target.to(dtypes[1]))
    theirs = F.linear_cross_entropy(x, W, target.to(dtypes[1]))
    assert ours.dtype == theirs.dtype == dtypes[1]
    torch.testing.assert_close(ours, theirs, rtol=64 * torch.finfo(dtypes[0]).eps, atol=0)


def test_uint8_classes_are_computed_in_parts(held):
    x, W, *_ = arguments(torch.float32)
    target = torch.randint(70, (200,))
    x.requires_grad_()
    ours = losses.linear_cross_entropy(x, W, target.to(torch.uint8))
    assert ("LinearCrossEntropy" in str(ours.grad_fn)) == (held == "in parts")
    assert torch.equal(ours, losses.linear_cross_entropy(x, W, target))


def test_a_class_out_of_range(held):
    x, W, *_ = arguments(torch.float32)
    with pytest.raises(IndexError, match=r"^`target` of `cross_entropy` must be "):
        losses.linear_cross_entropy(x, W, torch.full((200,), 70), weight=torch.ones(70))


def test_the_logits_are_never_whole(monkeypatch):
    monkeypatch.setattr(_linear, "LOGITS", 2000)
    x, W, _, target, _ = arguments(torch.float32)
    x.requires_grad_()
    seen, logits = [], _linear._logits
    monkeypatch.setattr(_linear, "_logits", lambda *a: seen.append(len(a[0])) or logits(*a))
    losses.linear_cross_entropy(x, W, target).backward()
    assert sum(seen) == 200
    assert max(seen) * 70 <= 2000
