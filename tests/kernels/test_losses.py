"""The kernels of cross-entropy and KL divergence against their formulas in float64: values and gradients."""

import pytest
import torch

from byhand import backend, losses

SIMD = 16  # float32 numbers in the widest register
SIZES = [1, 2, SIMD - 1, SIMD, SIMD + 1, 2 * SIMD + 3, 61, 64, 65, 127, 2047, 2048, 2049, 4099]
DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16]


def close(ours, exact, n, width, unit=0.0):
    """Within ``n`` roundings of what was computed in, and one of what was stored, relative to the largest number."""
    wide = torch.promote_types(ours.dtype, torch.float32)
    eps = n * torch.finfo(wide).eps + torch.finfo(ours.dtype).eps * (ours.dtype != wide)
    eps += torch.finfo(torch.float64).eps * width * (ours.dtype == torch.float64)  # the formula's own sums
    finite = exact[exact.isfinite()]
    largest = max(unit, finite.abs().max().item() if finite.numel() else 0.0)
    tiny = torch.finfo(ours.dtype).smallest_normal * width + (n * torch.finfo(wide).eps) ** 2  # φ of a rounding
    torch.testing.assert_close(ours.double(), exact, rtol=eps, atol=eps * largest + tiny, equal_nan=True)


def compare(call, *inputs, n=8, width=1, unit=0.0):
    """The same call by kernel on ``inputs`` and by formula on their float64 copies; loss and gradients."""
    ours = [x.detach().clone().requires_grad_(x.is_floating_point()) for x in inputs]
    exact = [x.detach().double().requires_grad_() if x.is_floating_point() else x for x in inputs]
    with backend("numba"):
        loss = call(*ours)
    with backend("formula"):
        reference = call(*exact)
    close(loss.detach(), reference.detach(), n, width, unit)
    upstream = torch.linspace(0.5, 1.5, loss.numel()).reshape(loss.shape)
    loss.backward(upstream.to(loss.dtype))
    reference.backward(upstream.to(loss.dtype).double())
    for a, b in zip(ours, exact, strict=True):
        if a.is_floating_point():
            close(a.grad, b.grad, n, width, unit)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("classes", SIZES)
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_cross_entropy_of_classes(dtype, classes, reduction):
    logits = (4 * torch.randn(7, classes)).to(dtype)
    target = torch.randint(classes, (7,))
    target[3] = -100
    compare(lambda x: losses.cross_entropy(x, target, reduction=reduction), logits, width=classes)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("classes", [3, 64, 65, 2049])
@pytest.mark.parametrize("rows", [1, 63, 64, 65, 131])
def test_blocks_of_rows(dtype, classes, rows):
    logits, target = (4 * torch.randn(rows, classes)).to(dtype), torch.randint(classes, (rows,))
    compare(lambda x: losses.cross_entropy(x, target), logits, width=classes)


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize(
    "options", [{"label_smoothing": 0.1}, {"z_loss": 1e-2}, {"weight": True}, {"all": True}], ids=str
)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("classes", [5, 70, 2050])
def test_options_of_cross_entropy(soft, options, reduction, classes):
    logits, weight = 4 * torch.randn(9, classes), torch.rand(classes)
    target = torch.softmax(torch.randn(9, classes), -1) if soft else torch.randint(classes, (9,))
    if options.get("all"):
        options = {"label_smoothing": 0.1, "z_loss": 1e-2, "weight": True}
    rest = {k: v for k, v in options.items() if k != "weight"}

    def call(x):
        t, w = (target.to(x.dtype) if soft else target), (weight.to(x.dtype) if "weight" in options else None)
        return losses.cross_entropy(x, t, w, reduction=reduction, **rest)

    compare(call, logits, n=16, width=classes)


@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1, "z_loss": 1e-2}, {"weight": True}], ids=str)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("classes", [5, 70])
def test_probabilities_that_need_a_gradient(options, reduction, classes):
    """One of them impossible: where it weighs nothing it has a gradient of 0."""
    logits, target = 4 * torch.randn(9, classes), torch.rand(9, classes)
    target[2, 3], logits[2, 3] = 0, -torch.inf

    def call(x, t):
        weight = torch.linspace(0.1, 2, classes, dtype=x.dtype) if "weight" in options else None
        rest = {k: v for k, v in options.items() if k != "weight"}
        return losses.cross_entropy(x, t, weight, reduction=reduction, **rest)

    if "label_smoothing" in options:
        logits[2, 3] = -30.0
    compare(call, logits, target, n=16, width=classes)
    x, t = logits, target.requires_grad_()
    with backend("numba"):
        loss = call(x, t)
    (alone,) = torch.autograd.grad(loss, t, torch.ones_like(loss), retain_graph=True, create_graph=True)
    assert alone.shape == t.shape


def test_weights_that_need_a_gradient_are_torchs():
    x, y, weight = torch.randn(4, 3), torch.tensor([0, 1, 2, 0]), torch.rand(3, requires_grad=True)
    with backend("numba"), pytest.raises(RuntimeError, match="no gradients of `weight`"):
        losses.cross_entropy(x, y, weight)
    losses.cross_entropy(x, y, weight).backward()
    assert weight.grad.abs().sum() > 0


OPTIONS = [{}, {"label_smoothing": 0.1}, {"z_loss": 1e-2}, {"weight": True}]
OPTIONS += [{"label_smoothing": 0.1, "z_loss": 1e-2, "weight": True}]


def images(classes, size, dtype=torch.float32, soft=False):
    """Logits, and classes of which some are ignored, or probabilities."""
    logits = 4 * torch.randn(3, classes, *size)
    if soft:
        return logits.to(dtype), torch.randn(3, classes, *size).softmax(1).to(dtype)
    target = torch.randint(classes, (3, *size))
    target[1, :1] = -100
    return logits.to(dtype), target


def loss_of_images(target, options, reduction):
    def call(x):
        weight = torch.linspace(0, 2, x.shape[1], dtype=x.dtype) if "weight" in options else None
        rest = {k: v for k, v in options.items() if k != "weight"}
        t = target.to(x.dtype) if target.is_floating_point() else target
        return losses.cross_entropy(x, t, weight, reduction=reduction, **rest)

    return call


@pytest.mark.draw(4)
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("classes", [1, 3, 64, 65, 200])
@pytest.mark.parametrize("size", [(15,), (16,), (3, 43), (2, 2, 2)], ids=str)
def test_images(soft, options, reduction, classes, size):
    logits, target = images(classes, size, soft=soft)
    compare(loss_of_images(target, options, reduction), logits, n=16, width=classes)


@pytest.mark.draw(4)
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("classes", [5, 70, 1030])
@pytest.mark.parametrize("lie", ["together", "in part", "in others' order"])
def test_images_however_they_lie(soft, dtype, classes, lie):
    logits, target = images(classes, (4, 9), dtype, soft)
    logits = {
        "together": logits.to(memory_format=torch.channels_last),
        "in part": torch.cat([logits, logits], 1)[:, classes:],
        "in others' order": logits.mT.contiguous().mT,
    }[lie]
    for reduction in ("mean", "none"):
        call = loss_of_images(target, {"label_smoothing": 0.1} if soft else {}, reduction)
        exact = logits.detach().double().requires_grad_()
        with backend("numba"):
            x = logits.detach().requires_grad_()
            ours = call(x)
        with backend("formula"):
            reference = call(exact)
        close(ours.detach(), reference.detach(), 16, classes)
        up = torch.linspace(0.5, 1.5, ours.numel()).view(ours.shape).to(ours.dtype)
        (found,), (expected,) = torch.autograd.grad(ours, x, up), torch.autograd.grad(reference, exact, up.double())
        close(found, expected, 16, classes)


@pytest.mark.filterwarnings("ignore:reduction. .mean. divides")
@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 20), (4, 3, 5), (4, 70, 5, 6), (2, 3, 4, 5, 6)], ids=str)
def test_gradients_have_the_strides_of_torchs(shape, reduction):
    y, t = torch.randint(3, shape[:1] + shape[2:]), torch.rand(shape)
    weight = torch.rand(shape[1])
    cases = [
        (losses.cross_entropy, torch.nn.functional.cross_entropy, (y,)),
        (losses.cross_entropy, torch.nn.functional.cross_entropy, (y, weight)),
        (losses.cross_entropy, torch.nn.functional.cross_entropy, (t,)),
        (losses.binary_cross_entropy_with_logits, torch.nn.functional.binary_cross_entropy_with_logits, (t,)),
        (losses.kl_div, torch.nn.functional.kl_div, (t,)),
        (lambda x, t, reduction: losses.kl_divergence(t, x, dim=1, given="logits", reduction=reduction), None, (t,)),
    ]
    for ours_of, theirs_of, rest in cases:
        x = torch.randn(shape)
        layouts = [x]
        if x.ndim == 4 and ours_of is not losses.kl_div:  # of this, torch's depends on the reduction
            layouts.append(x.to(memory_format=torch.channels_last))
        for lying in layouts:
            found, arguments = [], [r.as_strided(r.shape, lying.stride()) if r.shape == x.shape else r for r in rest]
            for loss_of in (ours_of, theirs_of or ours_of):
                z = lying.detach().requires_grad_()
                with backend("numba" if loss_of is ours_of else "auto"):
                    loss = loss_of(z, *arguments, reduction=reduction)
                found += torch.autograd.grad(loss, z, torch.ones_like(loss))
            assert found[0].stride() == (found[1].stride() if theirs_of else lying.stride())


@pytest.mark.draw(4)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [(1,), (SIMD + 1,), (3, 67), (2049,), (4, 3, 5, 7)], ids=str)
@pytest.mark.parametrize("weights", [(), ("weight",), ("pos_weight",), ("weight", "pos_weight")], ids=str)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_binary_cross_entropy(dtype, size, weights, reduction):
    x, t = (8 * torch.randn(size)).to(dtype), torch.rand(size).to(dtype)
    x.view(-1)[-1], t.view(-1)[:: max(t.numel() // 5, 1)] = 60.0, 0.0
    of_columns = {name: 2 * torch.rand(size[-1:]) for name in weights}

    def call(x):
        given = {name: w.to(torch.promote_types(x.dtype, torch.float32)) for name, w in of_columns.items()}
        return losses.binary_cross_entropy_with_logits(x, t.to(x.dtype), reduction=reduction, **given)

    compare(call, x, n=16, width=x.numel())
    if len(size) == 4:
        compare(call, x.to(memory_format=torch.channels_last), n=16, width=x.numel())
        compare(call, torch.cat([x, x], -1)[..., ::2][..., : size[-1]], n=16, width=x.numel())


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_binary_gradients_are_asked_for_again(reduction):
    """The second time they are computed anew; where they are to be differentiated, by torch's operations."""
    x, t = torch.randn(40, requires_grad=True), torch.rand(40)
    with backend("numba"):
        loss = losses.binary_cross_entropy_with_logits(x, t, reduction=reduction)
    up = torch.linspace(0.5, 1.5, loss.numel()).view(loss.shape)
    found = [
        torch.autograd.grad(loss, x, up, retain_graph=True, create_graph=again)[0] for again in (False, False, True)
    ]
    assert torch.equal(found[0], found[1])
    torch.testing.assert_close(found[0], found[2].detach())
    (second,) = torch.autograd.grad(found[2].sum(), x, retain_graph=True)
    sigma, share = x.detach().sigmoid(), 1 / 40 if reduction == "mean" else 1
    torch.testing.assert_close(second, up.expand(40) * share * sigma * (1 - sigma))
    with torch.no_grad():
        x.data.mul_(3)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.grad(loss, x, up)


@pytest.mark.parametrize("shift", [0.0, 1e4, -1e4])
@pytest.mark.parametrize("classes", [6, 3000])
def test_adversarial_rows(shift, classes):
    """Right and wrong with confidence, all equal, two at the top, an impossible class; each far from 0 too."""
    logits = torch.randn(6, classes)
    target = torch.full((6,), 2)
    logits[0, 2], logits[1, 3], logits[2] = 40.0, 200.0, 1.0
    logits[3, 2] = logits[3, 4] = 30.0
    logits[4, 1] = -torch.inf
    compare(lambda x: losses.cross_entropy(x, target, reduction="none"), logits + shift, n=8, width=classes)


def test_a_row_right_with_confidence_keeps_its_digits():
    """log1p of what the others have: torch rounds it to 0."""
    logits, y = torch.tensor([[30.0, 0.0, 0.0]]), torch.tensor([0])
    for wide in (1, 40):  # the turned kernel and the other
        x = logits.repeat(1, wide)
        x[:, 3:] = 0.0
        x.requires_grad_()
        with backend("numba"):
            loss = losses.cross_entropy(x, y)
        loss.backward()
        others = (3 * wide - 1) * torch.exp(torch.tensor(-30.0, dtype=torch.float64))
        assert loss.item() == pytest.approx(others.item(), rel=1e-6)
        assert x.grad[0, 0].item() == pytest.approx(-others.item(), rel=1e-6)
    assert torch.nn.functional.cross_entropy(logits, y).item() == 0.0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
@pytest.mark.parametrize("classes", [4, 100])
def test_nan_and_infinite_logits(bad, classes):
    logits = torch.randn(3, classes)
    logits[1, 2] = bad
    compare(lambda x: losses.cross_entropy(x, torch.tensor([0, 1, 1]), reduction="none"), logits, width=classes)


def rows(given, shape, dtype):
    x = 3 * torch.randn(shape)
    if given == "probs":
        x = x.softmax(-1)
    elif given == "weights":
        x = x.exp()
    elif given == "log_probs":
        x = x.log_softmax(-1)
    return x.to(dtype)


@pytest.mark.parametrize("given", ["probs", "weights", "log_probs", "logits"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("K", SIZES)
def test_kl_divergence(given, dtype, K):
    p, q = rows(given, (5, K), dtype), rows(given, (5, K), dtype)
    if K > 4 and given in ("probs", "weights"):
        p[0, 1] = p[0, 2] = q[0, 2] = 0
    call = lambda p, q: losses.kl_divergence(p, q, given=given, reduction="none")  # noqa: E731
    # Of one class the divergence is 0: there is no number to compare with but what its parts are divided by.
    unit = 1 / min(p.abs().min().item(), q.abs().min().item(), 1.0) if K == 1 and given == "weights" else 0.0
    compare(call, p, q, n=32, width=K, unit=unit)


@pytest.mark.parametrize("given", ["probs", "weights", "log_probs", "logits"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "batchmean"])
@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_options_of_kl_divergence(given, reduction, temperature):
    p, q = rows(given, (4, 3, 50), torch.float32), rows(given, (4, 3, 50), torch.float32)
    compare(
        lambda p, q: losses.kl_divergence(p, q, given=given, reduction=reduction, temperature=temperature),
        p,
        q,
        n=32,
        width=50,
    )


@pytest.mark.parametrize("given", ["weights", "logits"])
def test_kl_keeps_its_digits_where_p_is_near_q_and_is_never_negative(given):
    base = 2 * torch.randn(20, 3000, dtype=torch.float64)
    for distance in (1e-1, 1e-3, 1e-5):
        p, q = base, base + distance * torch.randn_like(base)
        if given == "weights":
            p, q = p.exp(), q.exp()
        p, q = p.float(), q.float()
        with backend("numba"):
            ours = losses.kl_divergence(p, q, given=given, reduction="none")
        with backend("formula"):
            exact = losses.kl_divergence(p.double(), q.double(), given=given, reduction="none")
        assert (ours >= 0).all()
        # a rounding in the sums moves r = log(q / p) by eps, and r² / 2 by 2 · eps / r of itself
        rounding = 8 * torch.finfo(torch.float32).eps / distance
        torch.testing.assert_close(ours.double(), exact, rtol=1e-5 + rounding, atol=0)


@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_weights_whose_sum_is_out_of_range(dtype, reduction):
    """Multiplied by powers of 2, of which the divergence knows nothing: above the greatest number, and far below."""
    most, least = (2.0**1020, 2.0**-1019) if dtype is torch.float64 else (2.0**124, 2.0**-123)
    for scales in ((most, 1), (1, most), (most, most), (least, 1), (1, least), (least, least), (most, least)):
        p, q = ((1 + torch.rand(4, 50, dtype=torch.float64)).to(dtype) for _ in range(2))
        p[0, 3] = q[0, 3] = p[1, 5] = 0
        exact = [x.detach().double().clone().requires_grad_() for x in (p, q)]
        ours = [(x * scale).clone().requires_grad_() for x, scale in zip((p, q), scales, strict=True)]
        with backend("numba"):
            loss = losses.kl_divergence(*ours, given="weights", reduction=reduction)
        with backend("formula"):
            reference = losses.kl_divergence(*exact, given="weights", reduction=reduction)
        close(loss.detach(), reference.detach(), 32, 50)
        loss.sum().backward()
        reference.sum().backward()
        for a, b, scale in zip(ours, exact, scales, strict=True):
            info = torch.finfo(dtype)
            denormal = info.smallest_normal * info.eps * scale
            rounding = 32 * max(info.eps, torch.finfo(torch.float32).eps * (dtype is not torch.float64))
            atol = rounding * b.grad.abs().max().item() + denormal
            torch.testing.assert_close(a.grad.double() * scale, b.grad, rtol=rounding, atol=atol)


def test_weights_whose_quotients_are_out_of_range():
    """The formula in float64 has them all."""
    p, q = torch.tensor([[0.5, 0.5], [1e-30, 1e30]]), torch.tensor([[1e38, 1e-10], [1e30, 1e-30]])
    compare(lambda p, q: losses.kl_divergence(p, q, given="weights", reduction="none"), p, q, n=32)
    with backend("numba"):
        assert losses.kl_divergence(torch.tensor([1e38, 1e-10]), torch.tensor([1.0, 0.0]), given="weights").isposinf()
        assert losses.kl_divergence(torch.zeros(3), torch.ones(3), given="weights").isnan()
        assert losses.kl_divergence(torch.tensor([torch.inf, 1.0]), torch.ones(2), given="weights").isnan()


@pytest.mark.parametrize("temperature", [1.0, 3.0])
@pytest.mark.parametrize("shifts", [(0, 1e4), (1e3, -1e4), (1e4, 1e4), (0.5, 0)], ids=str)
@pytest.mark.parametrize("distance", [1.0, 1e-2])
def test_kl_of_logits_that_are_far_from_0_keeps_its_digits(shifts, temperature, distance):
    """Where rounding the logits leaves any: the formula in float64 gets the same numbers."""
    base = 2 * torch.randn(20, 3000)
    p, q = base + shifts[0], base + distance * torch.randn_like(base) + shifts[1]
    with backend("numba"):
        ours = losses.kl_divergence(p, q, given="logits", temperature=temperature, reduction="none")
    with backend("formula"):
        exact = losses.kl_divergence(p.double(), q.double(), given="logits", temperature=temperature, reduction="none")
    rounding = 4 * torch.finfo(torch.float32).eps / distance
    torch.testing.assert_close(ours.double(), exact, rtol=1e-6 + rounding, atol=0)
    call = lambda p, q: losses.kl_divergence(p, q, given="logits", temperature=temperature)  # noqa: E731
    compare(call, p, q, n=32 / distance, width=3000)


def test_kl_of_equals_is_exactly_0():
    for given in ("probs", "weights", "log_probs", "logits"):
        p = rows(given, (8, 2500), torch.float32)
        with backend("numba"):
            assert not losses.kl_divergence(p, p.clone(), given=given, reduction="none").any()


@pytest.mark.parametrize(
    ("p", "q", "value"),
    [
        ([0.0, 1.0], [0.5, 0.5], 0.6931471805599453),
        ([0.5, 0.5], [1.0, 0.0], float("inf")),
        ([0.0, 1.0], [0.0, 1.0], 0.0),
        ([1e-40, 1.0], [1.0, 1e-40], 92.10340371976183),
        ([1e-30, 1.0], [1.0, 1.0], 0.0),
        ([-0.5, 1.5], [0.5, 0.5], float("nan")),
        ([float("nan"), 1.0], [0.5, 0.5], float("nan")),
        ([1.0, 0.5], [float("nan"), 0.5], float("nan")),
    ],
)
@pytest.mark.parametrize("pad", [0, 40])
def test_branches_of_kl(p, q, value, pad):
    """Alone and among ordinary numbers, which the fast loop handles."""
    p, q = (torch.tensor(x + [0.25] * pad) for x in (p, q))
    with backend("numba"):
        result = losses.kl_divergence(p, q, reduction="none")
    torch.testing.assert_close(result, torch.tensor(value), rtol=1e-5, atol=1e-28, equal_nan=True)


@pytest.mark.parametrize(
    "make", [lambda x: x.t(), lambda x: x[:, ::2], lambda x: x[::2], lambda x: x.expand(3, *x.shape)]
)
def test_strides(make):
    for x in (torch.randn(40, 40), torch.randn(100, 100)):
        view = make(x)
        target = torch.randint(view.shape[-1], view.shape[:-1])
        with backend("numba"):
            ours = losses.cross_entropy(view.movedim(-1, 1) if view.ndim > 2 else view, target, reduction="none")
        with backend("formula"):
            copy = view.double()
            exact = losses.cross_entropy(copy.movedim(-1, 1) if view.ndim > 2 else copy, target, reduction="none")
        close(ours, exact, 8, view.shape[-1])


@pytest.mark.parametrize("shape", [(0, 5), (0, 0)])
def test_empty_inputs(shape):
    x, target = torch.randn(shape, requires_grad=True), torch.randint(1, shape[:1])
    with backend("numba"):
        loss = losses.cross_entropy(x, target, reduction="sum")
        divergence = losses.kl_divergence(x, x.detach(), given="logits", reduction="sum")
    (loss + divergence).backward()
    assert loss.item() == divergence.item() == 0.0
    assert x.grad.shape == x.shape


def test_a_gradient_is_handed_over_once_and_computed_again_when_asked():
    x, y = torch.randn(6, 9, requires_grad=True), torch.randint(9, (6,))
    with backend("numba"):
        loss = losses.cross_entropy(x, y)
    first, second = (torch.autograd.grad(loss, x, retain_graph=True)[0] for _ in range(2))
    assert first.data_ptr() != second.data_ptr()
    assert torch.equal(first, second)
    first.zero_()
    assert torch.equal(torch.autograd.grad(loss, x)[0], second)


def test_an_upstream_gradient_is_multiplied_in():
    x, y = torch.randn(6, 9, requires_grad=True), torch.randint(9, (6,))
    with backend("numba"):
        (whole,) = torch.autograd.grad(losses.cross_entropy(x, y), x)
        (scaled,) = torch.autograd.grad(losses.cross_entropy(x, y) * 0.25, x)
    assert torch.equal(scaled, whole * 0.25)


def test_gradients_of_gradients():
    x, y = torch.randn(3, 5, dtype=torch.float64, requires_grad=True), torch.randint(5, (3,))
    q = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    with backend("numba"):
        assert torch.autograd.gradgradcheck(lambda x: losses.cross_entropy(x, y, label_smoothing=0.1, z_loss=0.01), x)
        assert torch.autograd.gradgradcheck(lambda x, q: losses.kl_divergence(x, q, given="logits"), (x, q))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda x, y: (x.to("meta"), y.to("meta")), "meta"),
        (lambda x, y: (x, torch.rand(4, 3, dtype=torch.float64)), "dtype of `input`"),
    ],
)
def test_what_it_refuses_it_says(spoil, reason):
    x, y = spoil(torch.randn(4, 3), torch.randint(3, (4,)))
    with backend("numba"), pytest.raises(RuntimeError, match=f"Backend 'numba' has no kernel.*{reason}"):
        losses.cross_entropy(x, y)
    losses.cross_entropy(x, y)  # auto computes it all the same


@pytest.mark.filterwarnings("ignore:reduction. .mean. divides")
@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("K", [1, SIMD + 1, 67, 2049])
@pytest.mark.parametrize("reduction", ["mean", "batchmean", "sum"])
def test_kl_div(log_target, dtype, K, reduction):
    """Rows that need not sum to one; a target of 0 at a logarithm of −∞."""
    log_q, t = rows("log_probs", (5, K), dtype), 2 * rows("probs", (5, K), dtype)
    t[0, 0], log_q[0, 0] = 0, -torch.inf
    t = t.log() if log_target else t
    call = lambda x, t: losses.kl_div(x, t, reduction=reduction, log_target=log_target)  # noqa: E731
    compare(call, log_q, t, n=32, width=K)


@pytest.mark.filterwarnings("ignore:reduction. .mean. divides")
@pytest.mark.parametrize("shapes", [((), ()), ((7,), (7,)), ((7,), (3, 7)), ((1, 7), (3, 7)), ((2, 3, 5), (5,))])
def test_kl_div_divides_by_what_torch_divides_by(shapes):
    x, t = torch.randn(shapes[0]), torch.rand(shapes[1])
    for reduction in ("mean", "batchmean", "sum"):
        with backend("numba"):
            ours = losses.kl_div(x, t, reduction=reduction)
        theirs = torch.nn.functional.kl_div(x, t, reduction=reduction)
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_kl_div_of_what_is_not_finite_is_torchs(bad):
    for which in (0, 1):
        given = [torch.full((3, 40), -1.0), torch.full((3, 40), 0.5)]
        given[which][1, 2] = bad
        inputs = [[x.clone().requires_grad_() for x in given] for _ in range(2)]
        with backend("numba"):
            ours = losses.kl_div(*inputs[0], reduction="sum")
        theirs = torch.nn.functional.kl_div(*inputs[1], reduction="sum")
        torch.testing.assert_close(ours, theirs, equal_nan=True)
        ours.backward()
        theirs.backward()
        for a, b in zip(*inputs, strict=True):
            nan = torch.nan if a.isposinf().any() and a is inputs[0][1] else a.grad  # at t = ∞ torch's is t / t
            torch.testing.assert_close(a.grad.where(~a.isposinf(), nan), b.grad, equal_nan=True)
