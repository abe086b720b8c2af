"""SGD and momentum: against torch option by option, and against the formulas in float64."""

import copy

import pytest
import torch

import byhand
from byhand import formulas
from pairs import assert_close, make_params, states, stream, walk


@pytest.mark.parametrize(
    "options",
    [
        {"weight_decay": 0.1},
        {"momentum": 0.5},
        {"momentum": 0.9, "dampening": 0.3},
        {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1, "maximize": True},
        {"momentum": 0.9, "nesterov": True},
        {"momentum": 1.5, "lr": 0.3},
        {"lr": 0.0, "momentum": 0.9},
    ],
    ids=str,
)
def test_options(options):
    p, q = make_params(), make_params()
    ours, a = walk(byhand.optim.SGD(p, **options), p)
    theirs, b = walk(torch.optim.SGD(q, **options), q)
    assert_close(ours, theirs)
    assert_close(states(a, p), states(b, q))


def test_weight_decay_as_a_tensor():
    p, q = make_params(), make_params()
    ours, _ = walk(byhand.optim.SGD(p, weight_decay=torch.tensor(0.5)), p)
    theirs, _ = walk(torch.optim.SGD(q, weight_decay=torch.tensor(0.5)), q)
    assert_close(ours, theirs)


@pytest.mark.parametrize("mu", [0.0, 0.9])
def test_is_the_formula(mu):
    p, q = make_params(torch.float64), make_params(torch.float64)
    formula = formulas.Momentum(q, lr=0.03, mu=mu) if mu else formulas.SGD(q, lr=0.03)
    ours, _ = walk(byhand.optim.SGD(p, lr=0.03, momentum=mu), p)
    assert_close(ours, walk(formula, q)[0], ulps=8, floor=1e-15)


@pytest.mark.parametrize("options", [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}], ids=str)
@pytest.mark.parametrize("few", [False, True])
def test_sparse_gradients(options, few):
    """A velocity of few rows stays sparse, however often they come; one of many becomes dense."""
    results = []
    for make in (byhand.optim.SGD, torch.optim.SGD):
        torch.manual_seed(0)
        table = torch.nn.Embedding(80 if few else 20, 4, sparse=True)
        optimizer = make(table.parameters(), lr=0.1, **options)
        for i in range(20):
            optimizer.zero_grad()
            row = i % 4 if few else i
            table(torch.tensor([row, 2 * row % 7, row])).square().sum().backward()
            assert table.weight.grad.is_sparse
            optimizer.step()
        results.append([table.weight.detach()])
        if options and make is byhand.optim.SGD:
            v = optimizer.state[table.weight]["momentum_buffer"]
            assert v.is_sparse == few
            assert not few or v._nnz() <= 20
    assert_close(*results, ulps=16, floor=16 * torch.finfo(torch.float32).eps)


@pytest.mark.parametrize("change", ["dense", "skipped", "moments"])
def test_a_sparse_velocity_becomes_dense_where_it_must(change):
    """A dense gradient comes, a step that GradScaler may skip, or an option that rounds it."""
    results = []
    for make in (byhand.optim.SGD, torch.optim.SGD):
        p = torch.ones(40, 2, requires_grad=True)
        optimizer = make([p], lr=0.1, momentum=0.9)
        for i in range(4):
            p.grad = torch.eye(40, 2) * (i + 1)
            if make is byhand.optim.SGD and (
                i < 2 or change != "dense"
            ):  # torch takes no dense gradient after a sparse one
                p.grad = p.grad.to_sparse(1)
            if i == 2 and make is byhand.optim.SGD:
                assert optimizer.state[p]["momentum_buffer"].is_sparse
                if change == "moments":
                    optimizer.param_groups[0]["moments"] = "bfloat16"
                if change == "skipped":
                    optimizer.found_inf = torch.tensor(0.0)
            optimizer.step()
        results.append([p.detach()])
        if make is byhand.optim.SGD:
            assert not optimizer.state[p]["momentum_buffer"].is_sparse
    assert_close(*results, ulps=16, floor=0.05 if change == "moments" else 0.0)


def test_sparse_state_of_torch_goes_on():
    """As torch's own, so that either optimizer takes it over."""
    p, q = torch.ones(5, requires_grad=True), torch.ones(5, requires_grad=True)
    a, b = byhand.optim.SGD([p], momentum=0.9), torch.optim.SGD([q], momentum=0.9)
    g = torch.tensor([0.0, 1.0, 0.0, 2.0, 0.0]).to_sparse()
    q.grad = g
    b.step()
    p.data.copy_(q.detach())
    a.load_state_dict(copy.deepcopy(b.state_dict()))
    p.grad = q.grad = g
    a.step()
    b.step()
    assert_close([p.detach()], [q.detach()])


def test_lbfgs_like_reuse_of_one_parameter_in_two_optimizers():
    """State belongs to the optimizer, not to the tensor."""
    p = torch.ones(3, requires_grad=True)
    a, b = byhand.optim.SGD([p], momentum=0.9), byhand.optim.SGD([p], momentum=0.5)
    p.grad = torch.ones(3)
    a.step()
    b.step()
    a.step()
    assert a.state[p]["momentum_buffer"][0] == pytest.approx(1.9)
    assert b.state[p]["momentum_buffer"][0] == 1.0


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("momentum", {"momentum": -0.1}),
        ("weight_decay", {"weight_decay": torch.tensor(-1.0)}),
        ("nesterov", {"nesterov": True}),
        ("nesterov", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}),
    ],
    ids=str,
)
def test_bad_options(argument, options):
    with pytest.raises(ValueError, match=f"`{argument}` of `SGD` must be "):
        byhand.optim.SGD(make_params(), **options)
    with pytest.raises(ValueError, match=r"Invalid|Nesterov"):
        torch.optim.SGD(make_params(), **options)


def test_without_momentum_there_is_no_state():
    p = make_params()
    _, optimizer = walk(byhand.optim.SGD(p), p)
    assert not any(optimizer.state.values())


def test_momentum_switched_on_later_starts_fresh():
    results = []
    for make in (byhand.optim.SGD, torch.optim.SGD):
        p = make_params()
        optimizer = make(p, lr=0.1, dampening=0.5)
        walk(optimizer, p, 2)
        optimizer.param_groups[0]["momentum"] = 0.9
        results.append(walk(optimizer, p, 4)[0])
    assert_close(*results)


def test_stream_has_every_kind_of_gradient():
    """The probe itself: scales from 1e-5 to 10, None and all-zero gradients, or the tests above show little."""
    grads = [g for step in stream(make_params(), 15) for g in step]
    sizes = {round(float(g.abs().mean().log10())) for g in grads if g is not None and g.numel() and g.any()}
    assert min(sizes) <= -5
    assert max(sizes) >= 1
    assert any(g is None for g in grads)
    assert any(g is not None and g.numel() and not g.any() for g in grads)
