"""The kernels of cross-entropy against their formulas in float64, and what all losses have in common."""

import pytest
import torch

from byhand import backend, losses
from byhand.kernels.numba.losses import binary_cross_entropy
from kernels.reference import DTYPES, SIMD, SIZES, close, compare


@pytest.mark.draw(4)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("classes", SIZES)
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_cross_entropy_of_classes(dtype, classes, reduction):
    logits = (4 * torch.randn(7, classes)).to(dtype)
    target = torch.randint(classes, (7,))
    target[3] = -100
    compare(lambda x: losses.cross_entropy(x, target, reduction=reduction), logits, width=classes)


@pytest.mark.draw(8)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("classes", [3, 64, 65, 2049])
@pytest.mark.parametrize("rows", [1, 63, 64, 65, 131])
def test_blocks_of_rows(dtype, classes, rows):
    logits, target = (4 * torch.randn(rows, classes)).to(dtype), torch.randint(classes, (rows,))
    compare(lambda x: losses.cross_entropy(x, target), logits, width=classes)


@pytest.mark.draw(4)
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


@pytest.mark.draw(6)
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


@pytest.mark.draw(8)
@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(5000, 3), (40, 2100), (2, 3, 70, 80), (2, 70, 9, 9), (1, 1030, 5, 5)], ids=str)
@pytest.mark.parametrize("lie", ["together", "logits with classes last", "targets with classes last"])
def test_many_probabilities_that_need_a_gradient(reduction, dtype, shape, lie):
    logits, target = (4 * torch.randn(shape)).to(dtype), torch.rand(shape).to(dtype)
    logits = logits.movedim(1, -1).contiguous().movedim(-1, 1) if lie.startswith("logits") else logits
    target = target.movedim(1, -1).contiguous().movedim(-1, 1) if lie.startswith("targets") else target
    weight = torch.linspace(0.1, 2, shape[1], dtype=dtype)
    call = lambda x, t: losses.cross_entropy(x, t, weight.to(x.dtype), reduction=reduction)  # noqa: E731
    compare(call, logits, target, n=16, width=shape[1])


@pytest.mark.draw(4)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ignored", [-100, 1])
@pytest.mark.parametrize("shape", [(9000, 4), (2, 8, 60, 70), (9000, 80)], ids=str)
def test_rows_are_counted(weighted, ignored, shape):
    """Ignored rows hold nan, and the weight of class 0 is ∞ where no row has it."""
    logits, target = 4 * torch.randn(shape), torch.randint(1, shape[1], (shape[0], *shape[2:]))
    target[torch.rand(target.shape) < 0.3] = ignored
    logits.movedim(1, -1)[target == ignored] = torch.nan
    weight = torch.linspace(0.5, 2, shape[1])
    if weighted and shape[1] > 8:
        weight[0] = torch.inf

    def call(x):
        return losses.cross_entropy(x, target, weight.to(x.dtype) if weighted else None, ignore_index=ignored)

    compare(call, logits, n=16, width=shape[1])
    target[(0,) * target.ndim] = shape[1]
    with pytest.raises(IndexError, match=rf"a class in \[0, {shape[1]}\), got {shape[1]}"):
        call(logits)


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


@pytest.mark.draw(16)
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


@pytest.mark.draw(5)
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


@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("change", [torch.t, lambda x: x[:, ::2], lambda x: x.view(5, 8, 10).permute(1, 2, 0)])
def test_binary_logits_however_they_lie(reduction, change):
    x, t, weight = change(torch.randn(5, 80)), torch.rand(5, 80), torch.rand(change(torch.rand(5, 80)).shape[-1])
    for target in (change(t), change(t).contiguous()):

        def call(x, target=target):
            w = weight.to(x.dtype)
            return losses.binary_cross_entropy_with_logits(x, target.to(x.dtype), w, reduction=reduction, pos_weight=w)

        compare(call, x)
        leaf = x.detach().requires_grad_()
        ours, theirs = (
            torch.autograd.grad(of(leaf, target).sum(), leaf)[0]
            for of in (losses.binary_cross_entropy_with_logits, torch.nn.functional.binary_cross_entropy_with_logits)
        )
        assert ours.stride() == theirs.stride()


@pytest.mark.draw(6)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_few_binary_logits_and_many_have_the_same_loss(reduction, weighted, dtype, monkeypatch):
    """Those that one call takes whole, and those that threads may share."""
    x, t = torch.randn(3, 1700).to(dtype).requires_grad_(), torch.rand(3, 1700).to(dtype)
    weight = torch.rand(1700) if weighted else None
    found = []
    for small in (1 << 15, 0):
        monkeypatch.setattr(binary_cross_entropy, "SMALL", small)
        loss = losses.binary_cross_entropy_with_logits(x, t, weight, reduction=reduction, pos_weight=weight)
        found.append((loss, *torch.autograd.grad(loss, x, torch.ones_like(loss))))
    assert torch.equal(found[0][1], found[1][1])
    torch.testing.assert_close(found[0][0], found[1][0], rtol=1e-14 if dtype is torch.float64 else 1e-6, atol=0)


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
