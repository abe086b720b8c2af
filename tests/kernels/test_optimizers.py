"""The optimizers' kernels for the CPU: each against its formula in float64, and what they share."""

import copy
import threading

import pytest
import torch

import byhand
from byhand import formulas
from byhand.kernels.numba.optimizers import tensors as _tensors
from pairs import OPTIMIZERS

WIDTH = 16  # float32 numbers in a register
SIZES = [0, 1, WIDTH - 1, WIDTH, WIDTH + 1, 2 * WIDTH + 3, 251, 256, 257, 10_007]
NAMES = {
    "sgd": (),
    "momentum": ("momentum_buffer",),
    "adam": ("exp_avg", "exp_avg_sq"),
    "adamw": ("exp_avg", "exp_avg_sq"),
}
ROUNDINGS = 8  # at most so many in a row, from the state to the way that a parameter moves

every = pytest.mark.parametrize("name", OPTIMIZERS)
with_moments = pytest.mark.parametrize("name", ["momentum", "adam", "adamw"])


def make(name, params, **options):
    ours, _, own = OPTIMIZERS[name]
    return ours(params, **{"lr": 0.01, **own, **options})


def parameters(shapes, dtype=torch.float32, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator).to(dtype).requires_grad_() for shape in shapes]


def take(optimizer, steps, backend="numba", seed=2):
    """Steps on gradients that depend on the seed alone."""
    generator = torch.Generator().manual_seed(seed)
    params = [p for group in optimizer.param_groups for p in group["params"]]
    with byhand.backend(backend):
        for _ in range(steps):
            for p in params:
                g = torch.empty_like(p).copy_(torch.randn(p.shape, generator=generator))
                p.grad = g
            optimizer.step()
    return [p.detach().clone() for p in params]


def expected(name, p, g, state, options):
    """The formula's step in float64 from the stored numbers; θ first, then the moments."""
    theta, g = p.detach().double(), g.double()
    moments = [state[key].double() if key in state else torch.zeros_like(theta) for key in NAMES[name]]
    extra = {"mu": 0.9} if name == "momentum" else {"t": int(state["step"]) + 1} if "adam" in name else {}
    result = getattr(formulas, f"{name}_step")(theta, g, *moments, **extra, **options)
    return result if isinstance(result, tuple) else (result,)


def bounds(name, theta, g, state, want, dtype):
    """How far a step may be from the formula's: terms are as large as they were before they cancelled."""
    info = torch.finfo(dtype)
    eps = torch.finfo(torch.float64 if dtype is torch.float64 else torch.float32).eps
    theta, d = theta.double(), g.double().abs() + 0.1 * theta.double().abs()
    old = [state[key].double().abs() if key in state else 0.0 * d for key in NAMES[name]]
    way = 0.03 * (d + sum(old[:1]))
    moments = [(old[0] + d)] if old else []
    if "adam" in name:
        t = int(state["step"]) + 1
        way = 0.03 / (1 - 0.9**t) * (0.9 * old[0] + 0.1 * d) / ((want[2] / (1 - 0.999**t)).sqrt() + 1e-8)
        way = way * (1 + 0.001 * d**2 / want[2].clamp_min(1e-30))  # the root of a square that cancelled
        moments.append(want[2] + 0.001 * d**2)
    stored = info.eps / 2 * want[0].abs() + info.smallest_normal * info.eps
    computed = ROUNDINGS * eps * way + eps * theta.abs() * (0.01 + (dtype is torch.float64))  # lr · λ · θ
    rounds_too = 2 if dtype is torch.float64 else 1  # the formula
    return [x * rounds_too for x in (stored + computed, *(ROUNDINGS / 2 * eps * x for x in moments))]


@every
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16], ids=str)
def test_is_the_formula(name, size, dtype):
    """Half an ulp of θ for storing it, and a few of the way it moves; each step from the numbers stored before."""
    options = {"lr": 0.03, **({"weight_decay": 0.1} if "adam" in name else {})}
    (p,) = parameters([size], dtype)
    optimizer = make(name, [p], **options)
    for _ in range(3):
        p.grad = torch.randn(size, dtype=dtype) * 3
        before, state = p.detach().clone(), {"step": torch.tensor(0.0), **copy.deepcopy(optimizer.state[p])}
        want = expected(name, p, p.grad, state, options)
        with byhand.backend("numba"):
            optimizer.step()
        got = [p.detach(), *(optimizer.state[p][key] for key in NAMES[name])]
        for a, b, bound in zip(got, want, bounds(name, before, p.grad, state, want, dtype), strict=True):
            assert ((a.double() - b).abs() <= bound).all()


def test_a_steady_second_moment_is_exact():
    """β₂ = 0.999 rounded to float32 alone would settle 1.3e-5 away: β is kept in two parts."""
    p = torch.zeros(5, requires_grad=True)
    optimizer = make("adam", [p], betas=(0.9, 0.999), lr=0.0)
    p.grad = torch.full((5,), 0.7)
    with byhand.backend("numba"):
        optimizer.step()
        optimizer.state[p]["exp_avg_sq"].fill_(0.7**2)
        for _ in range(3000):
            optimizer.step()
    exact = p.grad.double() ** 2
    assert ((optimizer.state[p]["exp_avg_sq"].double() / exact - 1).abs() < 1e-6).all()


@every
@pytest.mark.parametrize("options", [{}, {"amsgrad": True}, {"moments": "bfloat16"}], ids=str)
def test_bits_are_the_same_for_any_number_of_threads(name, options):
    if (name == "sgd" and options) or (name == "momentum" and "amsgrad" in options):
        pytest.skip("it has no such option")
    results = []
    before = torch.get_num_threads()
    try:
        for threads in (1, 2, 5, 2):
            torch.set_num_threads(threads)
            optimizer = make(name, parameters([(200_003,), (100,), (3, 70_001)]), weight_decay=0.1, **options)
            results.append([*take(optimizer, 3), *(x for s in optimizer.state.values() for x in s.values())])
    finally:
        torch.set_num_threads(before)
    for result in results[1:]:
        assert all(map(torch.equal, result, results[0]))


@every
def test_dense_strides_are_taken_as_they_lie(name):
    """Transposed and channels-last: the same numbers as contiguous, and the layout stays."""
    plain = parameters([(5, 7), (2, 3, 4, 5)])
    odd = [
        plain[0].detach().t().contiguous().t().requires_grad_(),
        plain[1].detach().to(memory_format=torch.channels_last).requires_grad_(),
    ]
    strides = [x.stride() for x in odd]
    a, b = make(name, plain), make(name, odd)
    assert all(map(torch.equal, take(a, 4), take(b, 4)))
    assert [x.stride() for x in odd] == strides


@every
def test_gradients_that_lie_otherwise_than_their_parameters(name):
    """Contiguous for channels-last, transposed, expanded, in part of a larger one: the kernel takes a copy."""
    plain = parameters([(5, 7), (2, 3, 4, 5), (6,), (3, 8)])
    odd = [x.detach().clone().requires_grad_() for x in plain]
    odd[1] = odd[1].detach().to(memory_format=torch.channels_last).requires_grad_()
    a, b = make(name, plain), make(name, odd)
    for _ in range(3):
        grads = [torch.randn(5, 7), torch.randn(2, 3, 4, 5), torch.full((6,), 0.25), torch.randn(3, 8)]
        lying = [grads[0].t().contiguous().t(), grads[1], torch.tensor(0.25).expand(6), torch.cat([grads[3]] * 2)[:3]]
        lying[3] = torch.stack([grads[3]] * 2, -1)[..., 0]
        for x, y, g, h in zip(plain, odd, grads, lying, strict=True):
            x.grad, y.grad = g, h
        with byhand.backend("numba"):
            a.step()
            b.step()
        assert all(y.grad is h for y, h in zip(odd, lying, strict=True))
    assert all(map(torch.equal, plain, odd))
    assert odd[1].is_contiguous(memory_format=torch.channels_last)


@every
def test_mixed_dtypes_in_a_group_are_as_if_apart(name):
    def mixed():
        return [x for d in (torch.float32, torch.bfloat16, torch.float64) for x in parameters([(33,), (4, 4)], d)]

    together, apart = mixed(), mixed()
    generator = torch.Generator().manual_seed(0)
    optimizers = [make(name, together), *(make(name, [x]) for x in apart)]
    with byhand.backend("numba"):
        for _ in range(3):
            for x, y in zip(together, apart, strict=True):
                x.grad = torch.randn(x.shape, generator=generator).to(x.dtype)
                y.grad = x.grad.clone()
            for optimizer in optimizers:
                optimizer.step()
    assert all(map(torch.equal, together, apart))


@every
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e30])
def test_what_is_not_finite_stays_so_as_in_the_formula(name, value):
    """In float64 the formula does not overflow at 1e30, so there the comparison is with torch's operations."""
    results = []
    for backend in ("numba", "formula"):
        p = torch.ones(40, requires_grad=True)
        optimizer = make(name, [p])
        with byhand.backend(backend):
            for g in (value, 1.0, 1.0):
                p.grad = torch.ones(40)
                p.grad[3] = p.grad[39] = g
                optimizer.step()
        results.append([p.detach(), *(optimizer.state[p][key] for key in NAMES[name])])
    for a, b in zip(*results, strict=True):
        hit = torch.zeros(40, dtype=torch.bool)
        hit[3] = hit[39] = True
        torch.testing.assert_close(a[~hit], b[~hit])
        assert torch.equal(a[hit].isfinite(), b[hit].isfinite())


@with_moments
def test_an_infinite_mean_stays_infinite(name):
    p = torch.ones(3, requires_grad=True)
    optimizer = make(name, [p])
    with byhand.backend("numba"):
        for g in (float("inf"), 1.0, 1.0):
            p.grad = torch.full((3,), g)
            optimizer.step()
    assert all(optimizer.state[p][key].isposinf().all() for key in NAMES[name])


def replace_moments(optimizer, params):
    for p in params:
        for key, value in optimizer.state[p].items():
            if key != "step":
                optimizer.state[p][key] = value * 2


def swap_data_of_moments(optimizer, params):
    for p in params:
        for key, value in optimizer.state[p].items():
            if key != "step":
                value.data = value.data * 2


def swap_data_of_steps(optimizer, params):
    for p in params:
        if "step" in optimizer.state[p]:
            optimizer.state[p]["step"].data = torch.tensor(50.0)


def replace_steps(optimizer, params):
    for p in params:
        if "step" in optimizer.state[p]:
            optimizer.state[p]["step"] = torch.tensor(100.0)


def replace_books(optimizer, params):
    for p in params:
        optimizer.state[p] = copy.deepcopy(optimizer.state[p])
        for value in optimizer.state[p].values():
            value.mul_(3)


def forget(optimizer, params):
    optimizer.state.clear()


def move_parameters(optimizer, params):
    for p in params:
        p.data = p.data * 2


def transpose_a_parameter(optimizer, params):
    params[0].data = params[0].data.t().contiguous().t()


def half_precision(optimizer, params):
    params[1].data = params[1].data.bfloat16()


def more_parameters(optimizer, params):
    params.append(torch.ones(9, requires_grad=True))
    optimizer.add_param_group({"params": [params[-1]], "lr": 0.5})


def into_the_group(optimizer, params):
    params.append(torch.ones(9, requires_grad=True))
    optimizer.param_groups[0]["params"].append(params[-1])


def other_options(optimizer, params):
    optimizer.param_groups[0].update(lr=torch.tensor(0.3), weight_decay=0.2, maximize=True)


def load(optimizer, params):
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))


CHANGES = [
    replace_moments, swap_data_of_moments, swap_data_of_steps, replace_steps, replace_books, forget, move_parameters,
    transpose_a_parameter, half_precision, more_parameters, into_the_group, other_options, load,
]  # fmt: skip


def test_the_engine_looks_at_tensors_in_c():
    """What it asks is torch's own business: were it gone, steps would be right, and slow."""
    assert byhand.kernels.tensor_table() is _tensors.TensorTable


@every
@pytest.mark.parametrize("tensor_table", [_tensors.TensorTable, None], ids=["in C", "in Python"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_changes_between_steps_is_noticed(name, change, tensor_table, monkeypatch):
    monkeypatch.setattr(byhand.kernels, "tensor_table", lambda: tensor_table)
    results = []
    for backend in ("auto", "formula"):
        params = parameters([(6, 4), (50,), ()])
        optimizer = make(name, params)
        take(optimizer, 3, backend)
        change(optimizer, params)
        take(optimizer, 3, backend, seed=3)
        tensors = [x for p in params for x in (p.detach(), *optimizer.state[p].values())]
        results.append([(x.dtype, x.double()) for x in tensors])
    assert [dtype for dtype, _ in results[0]] == [dtype for dtype, _ in results[1]]
    for (_, a), (_, b) in zip(*results, strict=True):
        eps = torch.finfo(torch.float32).eps
        torch.testing.assert_close(a, b, rtol=ROUNDINGS * eps, atol=ROUNDINGS * eps * 4)


def swap(i, params, memory):
    """The same numbers at another address; then parts of one memory that overlap; then a lazily negated tensor."""
    for j, p in enumerate(params):
        if i < 6:
            p.data = p.data.clone()
        elif i < 8:
            p.data = memory[i - 6][j * 70_000 :][:100_000]
        else:
            p.data = p.data.clone() if i % 2 else torch._neg_view(-p.data)


@every
@pytest.mark.parametrize("tensor_table", [_tensors.TensorTable, None], ids=["in C", "in Python"])
def test_parameters_whose_data_is_swapped_at_each_step(name, tensor_table, monkeypatch):
    """As by sharded training: the plan stands, unless the new tensor is of another kind."""
    monkeypatch.setattr(byhand.kernels, "tensor_table", lambda: tensor_table)
    pick, asked, results = byhand.kernels.pick, [], []
    monkeypatch.setattr(byhand.kernels, "pick", lambda *x: asked.append(1) or pick(*x))
    for backend in ("auto", "formula"):
        params, memory = parameters([(100_000,), (100_000,)]), list(torch.linspace(1, 2, 400_000).view(2, -1))
        optimizer = make(name, params, weight_decay=0.1)
        take(optimizer, 1, backend)
        for i in range(11):
            swap(i, params, memory)
            before = len(asked)
            take(optimizer, 1, backend, seed=i)
            assert (len(asked) > before) == (backend == "formula" or i >= 8), i
        results.append([x for p in params for x in (p.detach(), *optimizer.state[p].values())])
    torch.testing.assert_close(*results, rtol=1e-5, atol=1e-5)


@every
def test_the_next_step_asks_for_no_kernel(name, monkeypatch):
    """A plan stands as long as nothing changes, new gradients apart."""
    optimizer = make(name, parameters([(5,), (3, 3)]))
    asked = []
    pick = byhand.kernels.pick
    monkeypatch.setattr(byhand.kernels, "pick", lambda *x: asked.append(1) or pick(*x))
    take(optimizer, 4)
    assert len(asked) == 2
    take(optimizer, 2, "formula")
    assert len(asked) == 2 + 4


@every
def test_who_takes_turns_has_a_plan_for_each(name, monkeypatch):
    """Gradients that are None in turn, and a learning rate that is now a number, now a tensor."""
    params = parameters([(5,), (3, 3)])
    twins = [x.detach().clone().requires_grad_() for x in params]
    optimizer, other, asked = make(name, params), make(name, twins), []
    pick = byhand.kernels.pick
    monkeypatch.setattr(byhand.kernels, "pick", lambda *x: asked.append(1) or pick(*x))
    for i in range(12):
        for those, opt in ((params, optimizer), (twins, other)):
            generator = torch.Generator().manual_seed(i)
            for j, p in enumerate(those):
                p.grad = torch.randn(p.shape, generator=generator) if i < 2 or (i + j) % 2 else None
            opt.param_groups[0]["lr"] = torch.tensor(0.01) if i >= 6 and i // 2 % 2 else 0.01
            if opt is other:
                opt._plans.of.clear()  # as the first time
            before = len(asked)
            opt.step()
            if opt is optimizer and (4 <= i < 6 or i >= 10):
                assert len(asked) == before, i
    assert all(map(torch.equal, params, twins))


@every
def test_gradients_that_come_and_go(name):
    results = []
    for backend in ("numba", "formula"):
        params = parameters([(40,), (7,), (12,)])
        optimizer = make(name, params)
        generator = torch.Generator().manual_seed(5)
        with byhand.backend(backend):
            for i in range(9):
                for j, p in enumerate(params):
                    g = torch.randn(p.shape, generator=generator)
                    p.grad = g if (i // (j + 1)) % 2 else None
                optimizer.step()
        results.append([x for p in params for x in (p.detach(), *optimizer.state[p].values())])
        if "adam" in name:
            assert [int(optimizer.state[p]["step"]) for p in params] == [4, 4, 3]
    torch.testing.assert_close(*results)


REFUSED = {
    "complex": (lambda: torch.randn(4, dtype=torch.complex64), lambda p: torch.randn_like(p), "real floating point"),
    "gaps": (lambda: torch.randn(4, 6)[:, ::2], lambda p: torch.randn(4, 6)[:, ::2], "strides|gaps"),
    "meta": (lambda: torch.randn(4, device="meta"), lambda p: torch.randn(4, device="meta"), "on the CPU"),
}


@every
@pytest.mark.parametrize("case", REFUSED)
def test_refusals_say_why_and_fall_back(name, case):
    new, grad, reason = REFUSED[case]
    torch.manual_seed(0)
    odd, plain = new().requires_grad_(), torch.ones(5, requires_grad=True)
    twins = [odd.detach().clone().requires_grad_(), plain.detach().clone().requires_grad_()]
    odd.grad, plain.grad = grad(odd), torch.ones(5)
    with byhand.backend("numba"), pytest.raises(RuntimeError, match=f"`{name}`: .*({reason})"):
        make(name, [odd, plain]).step()
    assert torch.equal(plain, twins[1])
    if case == "meta":
        return
    for x, y in zip((odd, plain), twins, strict=True):
        y.grad = x.grad
    make(name, [odd, plain]).step()
    with byhand.backend("formula"):
        make(name, twins).step()
    torch.testing.assert_close([odd.detach(), plain.detach()], [x.detach() for x in twins])


def test_sparse_gradients_move_by_torch_and_the_others_by_the_kernel():
    results = []
    for backend in ("auto", "formula"):
        table, plain = parameters([(6, 2), (5,)])
        optimizer = make("momentum", [table, plain])
        with byhand.backend(backend):
            for _ in range(3):
                table.grad = torch.eye(6)[:, :2].to_sparse()
                plain.grad = torch.ones(5)
                optimizer.step()
        results.append([table.detach(), plain.detach()])
    torch.testing.assert_close(*results)


@every
def test_parameters_that_share_memory_move_one_after_the_other(name):
    results = []
    for backend in ("numba", "formula"):
        memory = torch.linspace(1, 2, 200_000)
        a, b = memory[:150_000].requires_grad_(), memory[50_000:].requires_grad_()
        optimizer = make(name, [a, b], weight_decay=0.1)
        take(optimizer, 3, backend)
        results.append(memory.clone())
    torch.testing.assert_close(*results)


def test_optimizers_in_several_threads_at_once():
    def work(i):
        name = list(OPTIMIZERS)[i % 4]
        return take(make(name, parameters([(150_001,), (33,)], seed=i)), 5, seed=i)

    alone = [work(i) for i in range(8)]
    together = [None] * 8
    threads = [threading.Thread(target=lambda i=i: together.__setitem__(i, work(i))) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for a, b in zip(alone, together, strict=True):
        assert all(map(torch.equal, a, b))


def bits(x):
    return x.view(torch.int16)


@with_moments
@pytest.mark.parametrize("backend", ["numba", "formula"])
def test_bfloat16_moments_keep_their_mean(name, backend):
    """One step of equal numbers: each is one of two neighbours, and their mean is the float32 moment."""
    n = 1 << 18
    p = torch.ones(n, requires_grad=True)
    optimizer = make(name, [p], moments="bfloat16")
    p.grad = torch.full((n,), 1.2345)
    with byhand.backend(backend):
        optimizer.step()
    exact = [1.2345] if name == "momentum" else [0.1 * 1.2345, 0.001 * 1.2345**2]
    for key, value in zip(NAMES[name], exact, strict=True):
        moment = optimizer.state[p][key]
        assert moment.dtype is torch.bfloat16
        low, high = sorted(moment.unique().double().tolist())
        assert low < value < high
        sigma = (high - low) / 2 / n**0.5
        assert abs(moment.double().mean().item() - value) < 5 * sigma + value * torch.finfo(torch.float32).eps
    if len(exact) == 2:  # and the two moments are rounded independently
        ups = [
            (optimizer.state[p][key].double() > value).double() for key, value in zip(NAMES[name], exact, strict=True)
        ]
        assert abs(torch.corrcoef(torch.stack(ups))[0, 1].item()) < 5 / n**0.5


@pytest.mark.parametrize("backend", ["numba", "formula"])
def test_a_bfloat16_second_moment_decays(backend):
    """At β₂ = 0.999 a step is a quarter of an ulp: rounded to nearest, nothing would ever change."""
    n = 4096
    p = torch.zeros(n, requires_grad=True)
    optimizer = make("adam", [p], moments="bfloat16", lr=0.0)
    p.grad = torch.ones(n)
    with byhand.backend(backend):
        optimizer.step()
        p.grad = torch.zeros(n)
        for _ in range(500):
            optimizer.step()
    v = optimizer.state[p]["exp_avg_sq"].double()
    sigma = v.std().item() / n**0.5
    assert sigma > 0
    assert abs(v.mean().item() - 0.001 * 0.999**500) < 5 * sigma


@with_moments
def test_kernel_and_torch_round_by_the_same_chance(name):
    """Numbers that both compute exactly in float32 and that bfloat16 can't hold: the moments agree in every bit."""
    results = []
    for backend in ("numba", "formula"):
        params = [torch.zeros(1000, requires_grad=True), torch.zeros(3, 33).t().requires_grad_()]
        optimizer = make(name, params, moments="bfloat16", **({"betas": (0.5, 0.5)} if "adam" in name else {}))
        with byhand.backend(backend):
            for p in params:
                p.grad = torch.full_like(p, 1 + 2.0**-9)
            optimizer.step()
        results.append([bits(optimizer.state[p][key]) for p in params for key in NAMES[name]])
    assert all(x.unique().numel() == 2 for x in results[0])
    assert all(map(torch.equal, *results))


@with_moments
def test_chance_repeats_itself_and_depends_on_seed_step_and_tensor(name):
    def moments(seed=None, steps=1):
        p = [torch.zeros(500, requires_grad=True) for _ in range(2)]
        optimizer = make(name, p, moments="bfloat16")
        if seed is not None:
            optimizer.param_groups[0]["seed"] = seed
        for _ in range(steps):
            for x in p:
                x.grad = torch.full((500,), 0.3)
                optimizer.state.pop(x, None) if steps == 1 else None
            with byhand.backend("numba"):
                optimizer.step()
        return [bits(optimizer.state[x][NAMES[name][0]]) for x in p]

    first, second = moments()
    assert torch.equal(first, moments()[0])
    assert not torch.equal(first, second)
    assert not torch.equal(first, moments(seed=7)[0])
    a, b = moments(steps=2)
    assert not torch.equal(a, b)


@with_moments
def test_bfloat16_moments_through_a_state_dict(name):
    options = {"moments": "bfloat16"}
    p = parameters([(300,), (4, 4)])
    optimizer = make(name, p, **options)
    take(optimizer, 3)
    saved = copy.deepcopy(optimizer.state_dict())
    assert saved["param_groups"][0]["seed"] == 0
    q = [x.detach().clone().requires_grad_() for x in p]
    other = make(name, q)  # the option comes with the state, as every option does
    other.load_state_dict(saved)
    assert {other.state[x][key].dtype for x in q for key in NAMES[name]} == {torch.bfloat16}
    assert all(map(torch.equal, take(optimizer, 3, seed=9), take(other, 3, seed=9)))


@with_moments
def test_bfloat16_moments_to_and_from_torch(name):
    _, theirs, own = OPTIMIZERS[name]
    p = parameters([(30,)])
    take(ours := make(name, p, moments="bfloat16"), 3)
    q = parameters([(30,)])
    torchs = theirs(q, **own)
    torchs.load_state_dict(copy.deepcopy(ours.state_dict()))
    q[0].grad = torch.ones(30)
    torchs.step()
    assert {torchs.state[q[0]][key].dtype for key in NAMES[name]} == {torch.float32}
    back = make(name, p, moments="bfloat16")
    plain = theirs(q, **own)
    plain.step()
    back.load_state_dict(copy.deepcopy(plain.state_dict()))
    assert back.param_groups[0]["moments"] == "bfloat16"
    assert {back.state[p[0]][key].dtype for key in NAMES[name]} == {torch.bfloat16}
    before = p[0].detach().clone()
    take(back, 1)
    assert (p[0] != before).all()


@every
def test_moments_are_float32_or_bfloat16(name):
    with pytest.raises(ValueError, match=r"`moments` of `(SGD|AdamW?)` must be None or 'bfloat16', got 'float16'"):
        make(name, parameters([3]), moments="float16")
