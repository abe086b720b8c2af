"""The engine of torch's own operations: against the formula, how many operations it takes, and on no real device."""

import copy
import math
from fractions import Fraction

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import byhand
from byhand import kernels, losses
from byhand.kernels.torch.adam import one_minus_power
from byhand.kernels.torch.optimizers import lists
from pairs import OPTIMIZERS, assert_close, make_params, states, walk

DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.complex64, torch.complex128]
MANY = 50  # parameters
FREE = {"detach", "view", "permute", "unsqueeze", "expand", "empty_like", "view_as_real", "unbind", "promote_types"}

every = pytest.mark.parametrize("name", OPTIMIZERS)


def options_of(name):
    """Each option alone, and all together."""
    own = [{"amsgrad": True}] if "adam" in name else []
    own += [{"nesterov": True}, {"dampening": 0.3}] if name == "momentum" else []
    shared = [{}, {"weight_decay": 0.1}, {"maximize": True}, {"lr": torch.tensor(0.01, dtype=torch.float64)}]
    return [*shared, *own, {"weight_decay": 0.1, "maximize": True, **(own[0] if own else {})}]


CASES = [(name, options) for name in OPTIMIZERS for options in options_of(name)]
IDS = [f"{name}-{','.join(options)}" for name, options in CASES]
cases = pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)


class Operations(TorchDispatchMode):
    """The operations that reach a device, in order: without views, and without memory that is only allocated."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.__name__.partition(".")[0]
        if func.namespace == "aten" and name not in FREE:
            self.names.append(name)
        return func(*args, **(kwargs or {}))


@pytest.fixture
def count(monkeypatch):
    """A call that lists the operations of another; the mode would otherwise keep kernels away."""
    monkeypatch.setattr(kernels, "why_torch_only", lambda: "")

    def operations(call):
        with Operations() as seen:
            call()
        return seen.names

    return operations


def make(name, params, **options):
    ours, _, own = OPTIMIZERS[name]
    return ours(params, **own, **options)


def by(backend, name, params, steps=15, **options):
    """Parameters and states after some steps."""
    with byhand.backend(backend):
        moved, optimizer = walk(make(name, params, **options), params, steps)
    return [*moved, *states(optimizer, params)]


@cases
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_steps_are_those_of_the_formula(name, options, dtype):
    assert_close(*(by(backend, name, make_params(dtype), **options) for backend in ("torch", "formula")))


@cases
def test_steps_are_those_of_numba(name, options):
    assert_close(*(by(backend, name, make_params(), **options) for backend in ("torch", "numba")))


@every
def test_strides_and_gaps(name):
    def odd():
        wide, flat = torch.linspace(-1, 1, 48).reshape(4, 12), torch.linspace(-2, 2, 15).reshape(3, 5)
        return [wide[:, ::2].requires_grad_(), flat.t().requires_grad_(), flat[1:2].clone().requires_grad_()]

    assert_close(*(by(backend, name, odd(), weight_decay=0.1) for backend in ("torch", "formula")))


@pytest.mark.draw(2)
@every
def test_kinds_of_parameters_in_one_group_move_as_if_apart(name):
    """Numba takes some, torch the others; and torch alone takes them in parts."""

    def mixed():
        return [x for dtype in DTYPES for x in make_params(dtype, shapes=[(3,), (2, 2)])]

    results = [by(backend, name, mixed()) for backend in ("auto", "torch", "formula")]
    assert_close(results[0], results[2])
    assert_close(results[1], results[2])


@every
def test_a_step_of_many_tensors_is_a_handful_of_operations(name, count):
    """The first step makes the states. AdamW: count, list of counts, decay, two moments in three, and four for θ."""
    params = make_params(shapes=[(3, 2)] * MANY)
    optimizer, most = make(name, params, weight_decay=0.1), {"sgd": 2, "momentum": 4, "adam": 10, "adamw": 10}[name]
    with byhand.backend("torch"):
        for i in range(4):
            for p in params:
                p.grad = torch.ones_like(p)
            taken = count(optimizer.step)
            assert len([x for x in taken if "zeros" not in x and x != "_to_copy"]) <= most + MANY * (i == 0), taken
            assert i == 0 or len(taken) <= most, taken


@every
def test_16_bit_parameters_take_three_copies_more(name, count):
    params = make_params(torch.bfloat16, shapes=[(3, 2)] * MANY)
    optimizer, most = make(name, params), {"sgd": 4, "momentum": 6, "adam": 12, "adamw": 13}[name]
    with byhand.backend("torch"):
        for i in range(3):
            for p in params:
                p.grad = torch.ones_like(p)
            taken = count(optimizer.step)
            assert i == 0 or len(taken) <= most, taken


@cases
def test_torchs_fused_step(name, options, monkeypatch):
    """On the CPU in place of a device, for tensors that lie alike."""
    monkeypatch.setattr(lists, "FUSED", {"cpu"})
    called = []
    for function in ("_fused_adam_", "_fused_adamw_", "_fused_sgd_"):
        original = getattr(torch, function)
        monkeypatch.setattr(torch, function, lambda *x, original=original, **k: called.append(1) or original(*x, **k))
    fused = by("torch", name, make_params(), **options)
    assert called
    assert_close(fused, by("formula", name, make_params(), **options))


@every
def test_gradients_that_lie_otherwise_are_not_given_to_the_fused_step(name, monkeypatch):
    monkeypatch.setattr(lists, "FUSED", {"cpu"})
    results = []
    for backend in ("torch", "formula"):
        p = torch.zeros(3, 4, requires_grad=True)
        optimizer = make(name, [p])
        with byhand.backend(backend):
            for i in range(3):
                p.grad = (torch.arange(12.0).reshape(4, 3) + i).t()
                optimizer.step()
        results.append([p.detach(), *states(optimizer, [p])])
    assert_close(*results)


@cases
@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("found", [0.0, 1.0])
def test_a_step_that_the_device_may_skip(name, options, fused, found, monkeypatch):
    """The flag is a tensor that the host does not read: the step is made, or nothing changes."""
    monkeypatch.setattr(lists, "FUSED", {"cpu"} if fused else set())
    params, twins = make_params(), make_params()
    optimizer, twin = make(name, params, **options), make(name, twins, **options)
    names = optimizer._moments(optimizer.param_groups[0])
    with byhand.backend("torch"):
        walk(optimizer, params, 3)
        walk(twin, twins, 3)
        before = [x.clone() for x in [*params, *states(optimizer, params)]]
        module = kernels._load("torch", name)
        books = [optimizer.state[p] for p in params]
        group, rows = optimizer.param_groups[0], list(range(len(params)))
        grads = [torch.full_like(p, math.inf if found else 0.5) for p in params]
        with torch.no_grad():
            part = lists.Part(rows, params, grads, books, [False] * len(params), names)
            part.step(module.update, module.fused, grads, group, torch.tensor(found))
        if not found:
            for p, g in zip(twins, grads, strict=True):
                p.grad = g
            twin.step()
            before = [*twins, *states(twin, twins)]
    assert_close([*params, *states(optimizer, params)], before)


@every
@pytest.mark.parametrize("options", [{}, {"fused": True}, {"capturable": True}], ids=str)
def test_no_step_waits_for_a_device(name, options, monkeypatch):
    """Meta tensors have no values to read. GradScaler's tensors are there too, if the step is fused."""
    if "capturable" in options and "adam" not in name:
        pytest.skip("it has no such option")
    monkeypatch.setattr(lists, "FUSED", {"meta"} if "adam" in name else set())  # torch's fused SGD has no meta kernel
    params = [torch.empty(3, 4, device="meta", requires_grad=True) for _ in range(3)]
    optimizer = make(name, params, **options)
    if "fused" in options:
        optimizer.grad_scale = optimizer.found_inf = torch.empty((), device="meta")
    with byhand.backend("torch"):
        for _ in range(3):
            for p in params:
                p.grad = torch.empty_like(p)
            optimizer.step()
    on_device = bool(options)
    for p in params:
        if "step" in optimizer.state[p]:
            assert optimizer.state[p]["step"].is_meta == on_device
    assert "fused" in options or optimizer._plans.of


@pytest.mark.parametrize("beta", [0.0, 0.9, 0.999, 0.999999])
@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_bias_corrections_on_a_device(beta, device, monkeypatch):
    """MPS has no float64, and 1 − 0.999999 keeps its digits without."""
    original = torch.as_tensor
    monkeypatch.setattr(torch, "as_tensor", lambda x, dtype, device: original(x, dtype=dtype))
    t = [1.0, 2.0, 50.0, 1000.0]
    exact = torch.tensor([float(1 - Fraction(beta) ** int(n)) for n in t], dtype=torch.float64)
    got = one_minus_power(beta, torch.tensor(t), torch.device(device))
    assert got.dtype == (torch.float32 if device == "mps" else torch.float64)
    torch.testing.assert_close(got.double(), exact, rtol=8 * torch.finfo(got.dtype).eps, atol=0)


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_counts_and_hyperparameters_that_are_tensors(name, monkeypatch):
    """As on a device: here the same arithmetic on the CPU, whose tensors would be read."""
    plain, tensors = make_params(), make_params()
    with byhand.backend("torch"):
        first = walk(make(name, plain, weight_decay=0.1, betas=(0.8, 0.95)), plain)[0]
        monkeypatch.setattr(lists, "number", lambda x, _: x)
        monkeypatch.setattr(kernels._load("torch", "adam"), "number", lambda x, _: x)
        monkeypatch.setattr(kernels._load("torch", "adamw"), "number", lambda x, _: x)
        count = lists.Part._count
        monkeypatch.setattr(lists.Part, "_count", lambda self: torch.tensor(count(self)))
        double = {"dtype": torch.float64}
        betas = tuple(torch.tensor(b, **double) for b in (0.8, 0.95))
        options = {"lr": torch.tensor(1e-3, **double), "betas": betas}
        optimizer = make(name, tensors, **options)
        optimizer.param_groups[0]["weight_decay"] = torch.tensor(0.1, **double)
        second = walk(optimizer, tensors)[0]
    assert_close(first, second)


@every
def test_what_it_refuses_it_says(name):
    p = torch.ones(3, requires_grad=True)
    p.grad = torch.ones(3).to_sparse() if "adam" not in name else torch.ones(3)
    with byhand.backend("torch"):
        if "adam" not in name:
            with pytest.raises(RuntimeError, match="it takes dense tensors"):
                make(name, [p]).step()
        p.grad = torch.ones(3)
        if name != "sgd":
            with pytest.raises(RuntimeError, match=r"moments in torch.float32 for a parameter in torch.float32"):
                make(name, [p], moments="bfloat16").step()
        q = torch._neg_view(torch.ones(3)).requires_grad_()
        q.grad = torch.ones(3)
        with pytest.raises(RuntimeError, match="lazily negated"):
            make(name, [q]).step()
        p.grad = torch._efficientzerotensor(3)
        with pytest.raises(RuntimeError, match="it takes dense tensors"):
            make(name, [p]).step()


@every
def test_deep_copies_and_changes_between_steps(name):
    """A learning rate that changes, states that are replaced, gradients that come and go."""
    results = []
    for backend in ("torch", "formula"):
        params = make_params()
        optimizer = make(name, params)
        with byhand.backend(backend):
            walk(optimizer, params, 4)
            optimizer.param_groups[0]["lr"] = 0.5
            for p in params:
                optimizer.state[p] = copy.deepcopy(optimizer.state[p])
            walk(optimizer, params, 4, seed=3)
            params[0].data = params[0].data * 2
            walk(optimizer, params, 4, seed=4)
        results.append([*(p.detach() for p in params), *states(optimizer, params)])
    assert_close(*results)


def loss_and_gradient(backend, call, x):
    x = x.clone().requires_grad_()
    with byhand.backend(backend):
        loss = call(x)
    (grad,) = torch.autograd.grad(loss, x, torch.linspace(0.5, 1.5, loss.numel()).reshape(loss.shape).to(loss.dtype))
    return loss.detach(), grad


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("shape", [(7,), (6, 5), (3, 4, 2), (3, 4, 2, 2)], ids=str)
@pytest.mark.parametrize(
    "options",
    [
        *({}, {"label_smoothing": 0.1}, {"label_smoothing": 1.0}, {"weight": True}, {"z_loss": 0.1}),
        *({"weight": True, "label_smoothing": 0.1}, {"weight": True, "label_smoothing": 0.1, "z_loss": 0.1}),
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_cross_entropy_is_the_formula(reduction, shape, options, dtype):
    """A class of weight 0 and probability 0 among them, and ignored rows of nan."""
    logits, C = (3 * torch.randn(shape)).to(dtype), shape[min(1, len(shape) - 1)]
    target = torch.randint(C, shape[:1] + shape[2:] if len(shape) > 1 else ())
    rest = {k: v for k, v in options.items() if k != "weight"}
    weight = torch.linspace(0, 2, C).to(dtype) if "weight" in options else None
    if len(shape) > 1:
        target[1] = -100
        logits[1] = torch.nan
        if weight is not None:
            target[0], logits[0, 0] = 0, -torch.inf
    results = [
        loss_and_gradient(b, lambda x: losses.cross_entropy(x, target, weight, reduction=reduction, **rest), logits)
        for b in ("torch", "formula")
    ]
    for a, b in zip(*results, strict=True):
        assert not a.isnan().any()
        torch.testing.assert_close(a, b)
    assert results[0][1].stride() == logits.stride()


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("shape", [(7,), (6, 5), (3, 4, 2, 2)], ids=str)
@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1}, {"weight": True}, {"z_loss": 0.1}], ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_cross_entropy_of_probabilities_is_the_formula(reduction, shape, options, dtype):
    """Where a probability and its target are 0, and where the target is not; with gradients of all three."""
    logits, dim = (3 * torch.randn(shape)).to(dtype), min(1, len(shape) - 1)
    target = torch.rand(shape).softmax(dim)
    logits.select(dim, 2)[...] = -torch.inf
    target.select(dim, 2)[...] = 0
    if len(shape) > 1:
        target[1].select(0, 2)[...] = 0.5
    rest = {k: v for k, v in options.items() if k != "weight"}
    results = []
    for name in ("torch", "formula"):
        x, t = logits.clone().requires_grad_(), target.to(dtype).requires_grad_()
        w = torch.linspace(0, 2, shape[dim]).requires_grad_() if "weight" in options else None
        with byhand.backend(name):
            loss = losses.cross_entropy(x, t, w, reduction=reduction, **rest)
        up = torch.linspace(0.5, 1.5, loss.numel(), dtype=loss.dtype).reshape(loss.shape)
        found = [loss.detach(), *torch.autograd.grad(loss, [x, t, *([] if w is None else [w])], up)]
        results.append(found)
    for a, b in zip(*results, strict=True):
        torch.testing.assert_close(a, b, equal_nan=True)
    assert results[0][1].stride() == logits.stride()


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("options", [{}, {"weight": True}, {"pos_weight": True}], ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_binary_cross_entropy_keeps_all_digits(reduction, options, dtype):
    """Of 1.9e-22 at x = −50, and at ±∞."""
    logits, target = (9 * torch.randn(40, 5)).to(dtype), torch.rand(40, 5).to(dtype)
    target[:10], target[10:20] = 1, 0
    logits[0, 0], logits[11, 2], logits[12], logits[2] = torch.inf, -torch.inf, -50, 50
    given = {k: torch.linspace(0.5, 2, 5, dtype=torch.float64) for k in options}
    results = [
        loss_and_gradient(
            b, lambda x: losses.binary_cross_entropy_with_logits(x, target, reduction=reduction, **given), logits
        )
        for b in ("torch", "formula")
    ]
    eps = torch.finfo(dtype).eps
    for a, b in (pair if pair[0].ndim else [x[None] for x in pair] for pair in zip(*results, strict=True)):
        assert a.isfinite().all()
        torch.testing.assert_close(a[:20], b[:20], rtol=(2 if dtype is torch.bfloat16 else 64) * eps, atol=0)
        torch.testing.assert_close(a[20:], b[20:], rtol=64 * eps, atol=8 * eps)  # of soft targets the gradient cancels


def test_a_class_that_is_none_is_refused_with_our_words():
    with byhand.backend("torch"), pytest.raises(IndexError, match=r"`target` of `cross_entropy` must be .*, got 7"):
        losses.cross_entropy(torch.zeros(2, 3), torch.tensor([0, 7]))


def test_gradients_of_gradients():
    x, y = torch.randn(5, 3, dtype=torch.float64, requires_grad=True), torch.tensor([0, 1, -100, 2, 1])
    t, w = torch.rand(5, 3, dtype=torch.float64), torch.rand(3, dtype=torch.float64)
    with byhand.backend("torch"):
        for call in (
            lambda x: losses.cross_entropy(x, y),
            lambda x: losses.cross_entropy(x, y, w, label_smoothing=0.1, z_loss=0.1),
            lambda x: losses.cross_entropy(x, t, w, label_smoothing=0.1, z_loss=0.1),
            lambda x: losses.cross_entropy(t[:2], x[:2], w, reduction="none"),
            lambda x: losses.binary_cross_entropy_with_logits(x, t),
            lambda x: losses.kl_divergence(t, x, given="logits", temperature=2.0),
            lambda x: losses.kl_divergence(x.softmax(-1), t, reduction="none"),
            lambda x: losses.kl_div(x.log_softmax(-1), t, reduction="sum"),
        ):
            assert torch.autograd.gradcheck(call, x)
            assert torch.autograd.gradgradcheck(call, x)


GIVEN = {
    "probs": lambda x: x.softmax(-1),
    "log_probs": lambda x: x.log_softmax(-1),
    "logits": lambda x: x,
    "weights": lambda x: 5 * x.softmax(-1),
}


def divergence_and_gradients(backend, call, p, q):
    p, q = p.clone().requires_grad_(), q.clone().requires_grad_()
    with byhand.backend(backend):
        loss = call(p, q)
    up = torch.linspace(0.5, 1.5, loss.numel(), dtype=loss.dtype).reshape(loss.shape)
    return loss.detach(), *torch.autograd.grad(loss, (p, q), up)


def assert_twins(found, formula):
    """Of rows far apart some gradients are the difference of numbers of some hundred."""
    for a, b in zip(found, formula, strict=True):
        bound = (2 if a.dtype is torch.bfloat16 else 256) * torch.finfo(a.dtype).eps
        torch.testing.assert_close(a, b, rtol=bound, atol=bound, equal_nan=True)


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("temperature", [1.0, 2.5])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none", "batchmean"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_kl_divergence_is_the_formula(given, temperature, reduction, dtype):
    """With zeros in p, in q and in both, rows that are nearly equal, and far apart."""
    x, y = 2 * torch.randn(6, 4, 7, dtype=torch.float64), 2 * torch.randn(6, 4, 7, dtype=torch.float64)
    y[1] = x[1] + 1e-6 * y[1]
    x[2, :, 0] = x[2, :, 1] = y[2, :, 1] = -torch.inf
    x[3], y[3] = 40 * x[3], 40 * y[3]
    p, q = (GIVEN[given](z).to(dtype) for z in (x, y))

    def call(p, q):
        return losses.kl_divergence(p, q, given=given, temperature=temperature, reduction=reduction)

    assert_twins(*(divergence_and_gradients(backend, call, p, q) for backend in ("torch", "formula")))


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum", "batchmean"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
@pytest.mark.filterwarnings("ignore:reduction")
def test_kl_div_is_the_formula(log_target, reduction, dtype):
    """Also where the divergence is infinite."""
    target, log_q = torch.randn(6, 5).softmax(-1), torch.randn(6, 5).log_softmax(-1)
    target[1, 2] = target[2, 3] = 0
    log_q[1, 2] = -torch.inf
    target = (target.log() if log_target else target).to(dtype)

    def call(t, x):
        return losses.kl_div(x, t, reduction=reduction, log_target=log_target)

    for other in (log_q.to(dtype), log_q.to(dtype).index_fill(0, torch.tensor([4]), -torch.inf)):
        assert_twins(*(divergence_and_gradients(backend, call, target, other) for backend in ("torch", "formula")))


def test_identical_rows_diverge_by_0():
    x = torch.randn(5, 7)
    with byhand.backend("torch"):
        for given, make in GIVEN.items():
            rows = losses.kl_divergence(make(x), make(x), given=given, reduction="none")
            assert torch.equal(rows, torch.zeros(5)), given
            assert not rows.signbit().any(), given


def test_a_loss_is_a_handful_of_operations(count):
    """Torch's own cross-entropy takes two forward and three backward; here ignored rows are cleared, in two more."""
    x, y, t = torch.randn(6, 5, requires_grad=True), torch.randint(5, (6,)), torch.rand(6, 5)
    W, p, w = torch.randn(3, 5), torch.rand(6, 5).softmax(-1), torch.rand(5)
    most = {
        "cross-entropy": (lambda: losses.cross_entropy(x, y), 3, 5),
        "smoothed": (lambda: losses.cross_entropy(x, y, label_smoothing=0.1), 13, 14),
        "smoothed, weighted": (lambda: losses.cross_entropy(x, y, w, label_smoothing=0.1), 28, 14),
        "z-loss": (lambda: losses.cross_entropy(x, y, z_loss=0.1), 12, 15),
        "probabilities": (lambda: losses.cross_entropy(x, p), 9, 5),
        "probabilities, weighted, smoothed": (lambda: losses.cross_entropy(x, p, w, label_smoothing=0.1), 12, 5),
        "probabilities, z-loss": (lambda: losses.cross_entropy(x, p, z_loss=0.1), 13, 13),
        "binary": (lambda: losses.binary_cross_entropy_with_logits(x, t), 12, 10),
        "linear": (lambda: losses.linear_cross_entropy(x, W, y % 3), 5, 7),
        "divergence of logits": (lambda: losses.kl_divergence(t, x, given="logits"), 16, 15),
        "softened": (lambda: losses.kl_divergence(t, x, given="logits", temperature=2.0), 18, 17),
        "divergence of probabilities": (lambda: losses.kl_divergence(p, x.softmax(-1)), 10, 8),
        "as torch's": (lambda: losses.kl_div(x.log_softmax(-1), p, reduction="batchmean"), 9, 5),
    }
    with byhand.backend("torch"):
        for name, (call, forward, backward) in most.items():
            made = []
            taken = count(lambda call=call, made=made: made.append(call()))
            assert len(taken) <= forward, (name, taken)
            taken = count(made[0].backward)
            assert len(taken) <= backward, (name, taken)
            x.grad = None


def test_auto_takes_torch_where_numba_does_not():
    """Meta tensors: a loss, and a step."""
    x = torch.empty(4, 3, device="meta", requires_grad=True)
    y = torch.empty(4, dtype=torch.int64, device="meta")
    assert kernels.pick("cross_entropy", x, y).__module__ == "byhand.kernels.torch.cross_entropy"
    assert kernels.pick("sgd", x, torch.empty_like(x)).__module__ == "byhand.kernels.torch.sgd"
    assert kernels.pick("kl_divergence", x, x).__module__ == "byhand.kernels.torch.kl_divergence"
    losses.cross_entropy(x, y).backward()
    losses.kl_divergence(x.detach(), x, given="logits", temperature=2.0).backward()
    assert x.grad.is_meta
    assert not kernels.replaces_torch("cross_entropy", x, y)
