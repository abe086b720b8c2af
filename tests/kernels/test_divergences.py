"""The kernels of KL divergence against their formulas in float64: values and gradients."""

import pytest
import torch

from byhand import backend, losses
from byhand.kernels.numba import kl_divergence as kernel
from kernels.reference import DTYPES, SIMD, SIZES, close, compare, rows


@pytest.mark.draw(4)
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


@pytest.mark.parametrize("given", ["probs", "weights", "log_probs", "logits", "p and log_q"])
@pytest.mark.parametrize("reduction", ["sum", "batchmean", "none"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_few_numbers_and_many_have_the_same_divergence(given, reduction, dtype, monkeypatch):
    """Those that one call takes whole, and those that threads may share; in any layout."""
    for change in (
        lambda x: x,
        lambda x: x.mT.contiguous().mT,
        lambda x: torch.stack([x, x], -1).flatten(-2)[..., ::2],
    ):
        p = change(rows("probs" if given == "p and log_q" else given, (3, 4, 70), dtype)).requires_grad_()
        q = change(rows("log_probs" if given == "p and log_q" else given, (3, 4, 70), dtype)).requires_grad_()
        found = []
        for small in (1 << 12, 0):
            monkeypatch.setattr(kernel, "SMALL", small)
            options = (given, 1.0, "of all numbers" if given == "p and log_q" else reduction)
            loss = kernel.kl_divergence(None, p, q, *options)
            found.append((loss, *torch.autograd.grad(loss, (p, q), torch.ones_like(loss))))
        torch.testing.assert_close(found[0][0], found[1][0], rtol=1e-14 if dtype is torch.float64 else 1e-6, atol=0)
        for few, many in zip(found[0][1:], found[1][1:], strict=True):
            assert torch.equal(few, many)
            assert few.stride() == many.stride()


@pytest.mark.draw(8)
@pytest.mark.parametrize(("temperature", "reduction"), [(1.0, "mean"), (3.0, "none")])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(
    "shape", [(900, 5), (70, 64), (2, 3, 30, 31), (2, 70, 6, 7), (3, 256, 17), (2, 257, 4, 5)], ids=str
)
@pytest.mark.parametrize("lie", ["together", "classes last", "in part"])
def test_blocks_of_logits(temperature, reduction, dtype, shape, lie):
    """Few classes, and images along their classes; one impossible class, and one row that both know nothing of."""
    p, q = (4 * torch.randn(shape) for _ in range(2))
    p.movedim(1, -1)[0, ..., 1] = q.movedim(1, -1)[0, ..., 1] = p.movedim(1, -1)[-1, ..., 2] = -torch.inf
    p[1], q[1] = 1e4, -1e4
    p, q = p.to(dtype), q.to(dtype)
    q = q.movedim(1, -1).contiguous().movedim(-1, 1) if lie != "together" else q
    p = p.movedim(1, -1).contiguous().movedim(-1, 1) if lie == "classes last" else p
    options = {"dim": 1, "given": "logits", "temperature": temperature, "reduction": reduction}
    compare(lambda p, q: losses.kl_divergence(p, q, **options), p, q, n=32, width=shape[1])


@pytest.mark.parametrize("shape", [(2000, 10), (3, 21, 40, 40)], ids=str)
def test_blocks_of_logits_keep_their_digits(shape):
    base = 2 * torch.randn(shape)
    for distance, shift in ((1e-1, 0), (1e-3, 1e3), (1e-5, 0)):
        p, q = base, base + distance * torch.randn(shape) + shift
        with backend("numba"):
            ours = losses.kl_divergence(p, q, dim=1, given="logits", reduction="none")
            assert not losses.kl_divergence(p, p.clone(), dim=1, given="logits", reduction="none").any()
        with backend("formula"):
            exact = losses.kl_divergence(p.double(), q.double(), dim=1, given="logits", reduction="none")
        assert (ours >= 0).all()
        rounding = 8 * torch.finfo(torch.float32).eps / distance
        torch.testing.assert_close(ours.double(), exact, rtol=1e-5 + rounding, atol=0)


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("lie", ["contiguous", "transposed", "strided", "in different orders"])
def test_each_term_of_kl_div(log_target, dtype, lie):
    log_q, t = rows("log_probs", (65, 80), dtype), 2 * rows("probs", (65, 80), dtype)
    t[0, 0], log_q[0, 0] = 0, -torch.inf
    t = t.log() if log_target else t
    if lie == "transposed":
        log_q, t = log_q.t(), t.t()
    elif lie == "strided":
        log_q, t = log_q[:, ::2], t[:, ::2]
    elif lie != "contiguous":
        t = t.t().contiguous().t()
    call = lambda x, t: losses.kl_div(x, t, reduction="none", log_target=log_target)  # noqa: E731
    compare(call, log_q, t, n=16)
    if dtype.itemsize < 4:  # torch rounds each step to it
        return
    x, y = log_q.detach().requires_grad_(), t.detach().requires_grad_()
    loss = call(x, y)
    theirs = torch.nn.functional.kl_div(x, y, reduction="none", log_target=log_target)
    assert loss.dtype == theirs.dtype
    loss *= 2  # it is no view
    for upstream in (torch.tensor(0.5, dtype=dtype).expand(loss.shape), torch.ones(loss.shape[::-1], dtype=dtype).t()):
        ours = torch.autograd.grad(loss, (x, y), upstream, retain_graph=True)
        exact = torch.autograd.grad(2 * theirs, (x, y), upstream, retain_graph=True)
        for a, b in zip(ours, exact, strict=True):
            finite = b.isfinite()
            torch.testing.assert_close(a[finite], b[finite], rtol=1e-5, atol=1e-5)
