"""What stands in an optimizer's state and groups, whoever put it there, and who hears of a step."""

import copy
import pickle

import pytest
import torch
from torch.testing._internal.two_tensor import TwoTensor

import byhand
from byhand import kernels
from byhand.optim import _plan
from pairs import OPTIMIZERS, assert_close, make_params, walk

every = pytest.mark.parametrize("name", OPTIMIZERS)
MOMENTS = {
    "sgd": (),
    "momentum": ("momentum_buffer",),
    "adam": ("exp_avg", "exp_avg_sq"),
    "adamw": ("exp_avg", "exp_avg_sq"),
}
with_state = pytest.mark.parametrize("name", [name for name in MOMENTS if MOMENTS[name]])


def made(name, p, **options):
    ours, _, own = OPTIMIZERS[name]
    return ours(p, **{**own, **options})


def gradients(params):
    for p in params:
        p.grad = torch.full_like(p, 0.5)


# ---- what stands in the state


@every
def test_a_state_taken_over_from_torchs_in_bfloat16(name):
    """It has float32 moments from the next step on, as one that was loaded has."""
    p, q = make_params(torch.bfloat16), make_params(torch.bfloat16)
    ours, theirs = made(name, p), OPTIMIZERS[name][1](q, **OPTIMIZERS[name][2])
    for params, optimizer in ((p, ours), (q, theirs)):
        gradients(params)
        optimizer.step()
    loaded = made(name, r := [x.detach().clone().requires_grad_() for x in p])
    loaded.load_state_dict(theirs.state_dict())
    for x, y in zip(p, q, strict=True):
        ours.state[x] = copy.deepcopy(theirs.state[y])
    for params, optimizer in ((p, ours), (r, loaded)):
        for _ in range(3):
            gradients(params)
            optimizer.step()
    for x, y in zip(p, r, strict=True):
        assert torch.equal(x, y)
        assert {ours.state[x][key].dtype for key in MOMENTS[name]} <= {torch.float32}
    assert "step" not in ours.state[p[0]] or name.startswith("adam")


@with_state
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64], ids=str)
@pytest.mark.parametrize("after", [0, 2])
def test_a_moment_cast_by_hand(name, dtype, after):
    p, q = make_params(), make_params()
    cast, plain = made(name, p), made(name, q)
    for i in range(after + 3):
        for params, optimizer in ((p, cast), (q, plain)):
            gradients(params)
            optimizer.step()
        if i == after:
            for x in p:
                for key in MOMENTS[name]:
                    cast.state[x][key] = cast.state[x][key].to(dtype)
    assert_close([x.detach() for x in p], [x.detach() for x in q], floor=1e-3)
    assert {cast.state[x][key].dtype for x in p for key in MOMENTS[name]} == {torch.float32}


@with_state
def test_moments_asked_for_after_some_steps(name):
    p = make_params()
    optimizer = made(name, p)
    for i in range(4):
        gradients(p)
        optimizer.step()
        if i == 1:
            optimizer.param_groups[0]["moments"] = "bfloat16"
    assert {optimizer.state[x][key].dtype for x in p for key in MOMENTS[name]} == {torch.bfloat16}
    assert all("step" in optimizer.state[x] for x in p)


@with_state
@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.expand(2, *x.shape)[0].clone().as_strided(x.shape, [0] * x.ndim),
        lambda x: torch._neg_view(-x),
        lambda x: TwoTensor(x, x.clone()),
        lambda x: x.to_sparse() if x.ndim else x,
        lambda x: x.double(),
        lambda x: x.to("meta"),
        lambda x: x.new_zeros(0),
        lambda x: x.tolist(),
        lambda x: None,
        lambda x: [x.untyped_storage().resize_(0), x][1],
    ],
    ids=["overlaps", "negated", "two", "sparse", "double", "meta", "empty", "list", "none", "freed"],
)
@pytest.mark.parametrize("key", ["moment", "step"])
def test_whatever_stands_in_the_state_is_looked_at(name, change, key):
    """An error or a step, as torch's operations have it; that it is no crash shows in that the tests go on."""
    p = make_params()
    optimizer = made(name, p)
    for _ in range(2):
        gradients(p)
        optimizer.step()
    for x in p:
        state = optimizer.state[x]
        where = MOMENTS[name][-1] if key == "moment" else "step"
        state[where] = change(state.get(where, torch.tensor(1.0)))
    gradients(p)
    try:
        optimizer.step()
        optimizer.step()
    except (RuntimeError, TypeError, ValueError, NotImplementedError):
        return
    assert all(x.isfinite().all() for x in p)


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_a_step_counted_as_an_int(name):
    p, q = make_params(), make_params()
    ints, plain = made(name, p), made(name, q)
    for params, optimizer in ((p, ints), (q, plain)):
        walk(optimizer, params, 2)
        if optimizer is ints:
            for x in p:
                ints.state[x]["step"] = int(ints.state[x]["step"])
        walk(optimizer, params, 3)
    assert all(map(torch.equal, p, q))
    assert all(isinstance(ints.state[x]["step"], torch.Tensor) for x in p)


@pytest.mark.parametrize("name", ["adam", "adamw"])
@pytest.mark.parametrize("through", ["load_state_dict", "pickle"])
def test_an_option_that_a_checkpoint_does_not_know_was_off(name, through):
    results = []
    for make in OPTIMIZERS[name][:2]:
        p = make_params()
        walk(optimizer := make(p, amsgrad=through == "load_state_dict"), p, 2)
        if through == "load_state_dict":
            saved = make(p).state_dict()
            for group in saved["param_groups"]:
                for option in ("amsgrad", "maximize", "foreach", "capturable", "differentiable", "fused"):
                    del group[option]
            optimizer.load_state_dict(saved)
        else:
            del optimizer.param_groups[0]["amsgrad"]
            p, optimizer = pickle.loads(pickle.dumps((p, optimizer)))
        walk(optimizer, p, 2)
        assert optimizer.param_groups[0]["amsgrad"] is False
        results.append([x.detach() for x in p])
    assert_close(*results)


def test_plain_sgd_keeps_nothing():
    p = make_params()
    optimizer = walk(byhand.optim.SGD(p), p, 3)[1]
    assert not optimizer.state
    assert optimizer.state_dict()["state"] == {}


# ---- who hears of a step


@every
def test_who_asks_finds_torchs_class(name):
    ours, theirs, _ = OPTIMIZERS[name]
    optimizer = made(name, make_params())
    assert isinstance(optimizer, theirs)
    assert isinstance(optimizer, torch.optim.Adam) == issubclass(theirs, torch.optim.Adam)
    assert type(optimizer).step.__wrapped__.__qualname__ == "Optimizer.step" == ours.step.__wrapped__.__qualname__


@every
def test_grad_scaler_hands_its_tensors_to_who_asked_for_fused(name):
    ours, theirs, own = OPTIMIZERS[name]
    for fused in (None, False, True):
        both = [make(make_params(), **own, fused=fused) for make in (ours, theirs)]
        assert [getattr(x, "_step_supports_amp_scaling", False) for x in both] == [bool(fused)] * 2
    assert not hasattr(ours, "_step_supports_amp_scaling")
    unpickled = pickle.loads(pickle.dumps(both[0]))
    assert unpickled._step_supports_amp_scaling


@every
def test_hooks_are_not_called_for_a_step_that_is_skipped(name):
    calls = []
    for make in OPTIMIZERS[name][:2]:
        p = torch.ones(3, requires_grad=True)
        optimizer, scaler = make([p], **OPTIMIZERS[name][2]), torch.amp.GradScaler("cpu", init_scale=4.0)
        seen = []
        hook = optimizer.register_step_post_hook(lambda *_, seen=seen: seen.append(1))
        for factor in (torch.inf, 1.0):
            optimizer.zero_grad()
            scaler.scale((p * p).sum() * factor).backward()
            scaler.step(optimizer)
            scaler.update()
        hook.remove()
        calls.append(len(seen))
    assert calls == [1, 1]


@pytest.fixture(params=["in one call", "one by one"])
def looked_at(request, monkeypatch):
    """How the tensors of a planned step are looked at."""
    if request.param == "one by one":
        monkeypatch.setattr(kernels, "tensor_table", lambda: None)


@every
@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("options", [{}, {"amsgrad": True}, {"moments": "bfloat16"}], ids=str)
def test_what_a_step_writes_counts_as_changed(name, steps, options, looked_at):
    if "amsgrad" in options and not name.startswith("adam"):
        options = {"weight_decay": 0.1}
    p = make_params()
    optimizer = made(name, p, **options)
    for _ in range(steps):
        gradients(p)
        optimizer.step()
    stochastic = "moments" in options  # not in torch's engine
    if name != "sgd" and kernels.current() == "auto" and ("numba" in kernels.ENGINES or not stochastic):
        assert optimizer._plans.of
    written = [*p, *(x for state in optimizer.state.values() for x in state.values())]
    before = [x._version for x in written]
    read = [x.grad._version for x in p]
    optimizer.step()
    assert all(x._version > version for x, version in zip(written, before, strict=True))
    assert [x.grad._version for x in p] == read


@every
@pytest.mark.parametrize("steps", [0, 2])
def test_a_graph_of_the_old_parameters_is_not_gone_back_through(name, steps, looked_at):
    """As in torch: the weights that its gradients need are no more."""
    for make in OPTIMIZERS[name][:2]:
        model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2))
        optimizer = make(model.parameters(), **OPTIMIZERS[name][2])
        x = torch.randn(5, 3, requires_grad=True)
        for _ in range(steps):
            optimizer.zero_grad()
            model(x).sum().backward()
            optimizer.step()
        loss = model(x).sum()
        loss.backward(retain_graph=True)
        optimizer.step()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()


@every
@pytest.mark.parametrize("which", ["parameters", "states"])
def test_inference_tensors_are_refused_as_torch_refuses_them(name, which, looked_at):
    if which == "states" and not MOMENTS[name]:
        return
    with torch.inference_mode():
        p = [torch.ones(3)]
    if which == "states":
        p = [torch.ones(3, requires_grad=True)]
    optimizer = made(name, p)
    p[0].grad = torch.ones(3)
    with torch.inference_mode():
        optimizer.step()
        optimizer.step()
        assert (p[0] < 1).all()
    if any(x.is_inference() for x in (*p, *optimizer.state[p[0]].values())):
        with pytest.raises(RuntimeError, match="inference"):
            optimizer.step()


def test_the_table_of_numba_finds_version_counters(backend):
    """Else every step pays for them one by one; here they are where they are looked for."""
    if backend != "torch":
        assert kernels.tensor_table() not in (None, _plan.TensorTable)


# ---- under another default dtype


@pytest.fixture(params=[torch.float64, torch.bfloat16], ids=str)
def default_dtype(request):
    before = torch.get_default_dtype()
    torch.set_default_dtype(request.param)
    yield request.param
    torch.set_default_dtype(before)


@every
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_another_default_dtype_changes_neither_numbers_nor_moments(name, dtype, default_dtype):
    """torch counts the steps in float64 where that is the default; either state is loaded by the other."""
    p, q = make_params(dtype), make_params(dtype)
    ours, theirs = made(name, p), OPTIMIZERS[name][1](q, **OPTIMIZERS[name][2], foreach=True)
    walk(ours, p, 4)
    walk(theirs, q, 4)
    for x, y in zip(p, q, strict=True):
        for moment in MOMENTS[name]:
            assert ours.state[x][moment].dtype == theirs.state[y][moment].dtype == dtype
        assert ours.state[x].get("step", torch.zeros(())).dtype == (torch.float32 if "adam" in name else default_dtype)
    saved = copy.deepcopy((ours.state_dict(), theirs.state_dict()))
    theirs.load_state_dict(saved[0])
    ours.load_state_dict(saved[1])
    assert_close(walk(ours, p, 4, seed=5)[0], walk(theirs, q, 4, seed=5)[0])
