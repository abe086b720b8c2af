"""What all optimizers share, against torch.optim: one test a promise."""

import copy
import functools
import io
import pickle
import warnings

import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

import byhand
from byhand import kernels
from pairs import OPTIMIZERS, assert_close, make_params, states, stream, walk

every = pytest.mark.parametrize("name", OPTIMIZERS)


def both(name, dtype=torch.float32, **options):
    """Ours and torch's, on equal parameters."""
    ours, theirs, own = OPTIMIZERS[name]
    p, q = make_params(dtype), make_params(dtype)
    return p, ours(p, **own, **options), q, theirs(q, **own, **options)


def quadratic(model, x):
    return model(x).square().sum()


@pytest.mark.draw(4)
@every
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64, torch.complex128])
def test_steps_are_those_of_torch(name, dtype):
    p, ours, q, theirs = both(name, dtype)
    ulps = 4 if dtype.is_complex else 0  # torch's complex SGD multiplies complex numbers, ours pairs of real ones
    floor = torch.finfo(dtype).eps if dtype.is_complex else 0
    assert_close(walk(ours, p)[0], walk(theirs, q)[0], ulps, floor)
    assert_close(states(ours, p), states(theirs, q), ulps, floor)


@every
def test_a_gradient_that_is_a_conjugate_view(name):
    """torch's Adam refuses it, and takes it where the decay has made a tensor of its own."""
    p, ours, q, theirs = both(name, torch.complex128)
    for _ in range(3):
        for x, y in zip(p, q, strict=True):
            x.grad = torch.full_like(x, 0.5 + 2j).conj()
            y.grad = x.grad.resolve_conj()
            assert x.grad.is_conj()
        ours.step()
        theirs.step()
    assert_close([x.detach() for x in p], [x.detach() for x in q], ulps=4, floor=torch.finfo(torch.float64).eps)


@every
@pytest.mark.parametrize("flag", [{"foreach": True}, {"foreach": False}, {"fused": True}, {"fused": False}])
def test_foreach_and_fused_are_accepted(name, flag):
    p, ours, q, theirs = both(name, **flag)
    assert ours.param_groups[0]["foreach"] == theirs.param_groups[0]["foreach"]
    assert ours.param_groups[0]["fused"] == theirs.param_groups[0]["fused"]
    for x, y in zip(p, q, strict=True):  # none is None: torch's fused momentum fails when a buffer comes late
        x.grad, y.grad = torch.ones_like(x), torch.ones_like(y)
    for _ in range(3):
        ours.step()
        theirs.step()
    assert_close([x.detach() for x in p], [y.detach() for y in q], ulps=4)


@every
def test_maximize(name):
    p, ours, q, theirs = both(name, maximize=True)
    assert_close(walk(ours, p)[0], walk(theirs, q)[0])


@every
def test_lr_as_a_tensor(name):
    lr = torch.tensor(0.05)
    p, ours, q, theirs = both(name, lr=lr)
    walk(ours, p, 5), walk(theirs, q, 5)
    lr.fill_(0.01)  # changed in place, as a captured graph would have it
    # torch multiplies by the tensor, we by its number: the step, at most 0.05 · 15, differs by roundings
    assert_close(walk(ours, p, 5)[0], walk(theirs, q, 5)[0], ulps=4, floor=torch.finfo(torch.float32).eps)


@every
def test_param_groups_each_with_its_options(name):
    ours_class, theirs_class, own = OPTIMIZERS[name]
    results = []
    for make in (ours_class, theirs_class):
        p = make_params()
        groups = [{"params": p[:2], "lr": 0.1}, {"params": p[2:], "weight_decay": 0.3}]
        results.append(walk(make(groups, lr=0.02, **own), p)[0])
    assert_close(*results)


@every
def test_a_parameter_that_moves_to_the_neighbouring_group(name):
    """The tensors, one after the other, are the same as before, and so is their state."""
    ours_class, theirs_class, own = OPTIMIZERS[name]
    results = []
    for make in (ours_class, theirs_class):
        p = make_params(shapes=[(3,), (2, 2), (5,)])
        optimizer = make([{"params": p[:2], "lr": 0.1}, {"params": p[2:], "lr": 0.001}], **own)
        for i in range(5):
            if i == 3:
                first, second = optimizer.param_groups
                second["params"].insert(0, first["params"].pop())
            for x in p:
                x.grad = torch.full_like(x, i - 1.5)
            optimizer.step()
        results.append([x.detach() for x in p])
    assert_close(*results)


@every
def test_add_param_group_and_named_parameters(name):
    ours_class, theirs_class, own = OPTIMIZERS[name]
    results = []
    for make in (ours_class, theirs_class):
        p = make_params()
        optimizer = make([(f"p{i}", x) for i, x in enumerate(p[:3])], **own)
        optimizer.add_param_group({"params": [(f"p{i}", x) for i, x in enumerate(p[3:], 3)], "lr": 0.5})
        results.append(walk(optimizer, p)[0])
        assert optimizer.param_groups[1]["param_names"] == ["p3", "p4"]
    assert_close(*results)


@every
def test_a_generator_of_parameters(name):
    ours, _, own = OPTIMIZERS[name]
    assert len(ours((x for x in make_params()), **own).param_groups[0]["params"]) == 5


@every
def test_closure(name):
    p, ours, q, theirs = both(name)
    losses = []
    for params, optimizer in ((p, ours), (q, theirs)):

        def closure(params=params):
            assert torch.is_grad_enabled()
            for x in params:
                x.grad = None
            loss = sum((x * x).sum() for x in params)
            loss.backward()
            return loss

        losses.append([optimizer.step(closure).detach() for _ in range(4)])
    assert_close(*losses)
    assert_close([x.detach() for x in p], [x.detach() for x in q])


@every
def test_step_hooks(name):
    p, ours, _, _ = both(name)
    calls = []
    ours.register_step_pre_hook(lambda *_: calls.append("pre"))
    ours.register_step_post_hook(lambda *_: calls.append("post"))
    walk(ours, p, 2)
    assert calls == ["pre", "post", "pre", "post"]


def subclasses(base):
    """With a step of their own: plain, and under the name and attributes of the one that it calls."""

    class Plain(base):
        def step(self, closure=None):
            return super().step(closure)

    class Named(base):
        @functools.wraps(base.step)
        def step(self, closure=None):
            return super().step(closure)

    return Plain, Named


@every
def test_hooks_are_called_as_torch_calls_them(name):
    """Of one and of all optimizers, of a subclass, of a class whose step was replaced; with which arguments."""
    p, ours, q, theirs = both(name)
    seen = {}
    for opt, params in ((ours, p), (theirs, q)):
        calls = seen[opt] = []
        handles = [
            register_optimizer_step_pre_hook(lambda o, a, k, calls=calls: calls.append(("pre", len(a), *k))),
            register_optimizer_step_post_hook(lambda o, a, k, calls=calls: calls.append(("post", len(a), *k))),
        ]
        base = type(opt)
        own = {"step": base.step}
        try:
            opt.step()
            opt.step(lambda: 1.0)
            opt.step(closure=lambda: 1.0)
            for kind in subclasses(base):
                other = kind([x.detach().requires_grad_() for x in params], lr=0.1)
                other.step()
                base.step(other)
            base.step = lambda self, *args, step=own["step"], **kwargs: step(self, *args, **kwargs)
            opt.step()
        finally:
            base.step = own["step"]
            for handle in handles:
                handle.remove()
        opt.step()
        opt.register_step_pre_hook(lambda o, a, k: (a, {**k, "closure": lambda: 7.0}))
        calls.append(opt.step())
    assert seen[ours] == seen[theirs]
    assert len(seen[ours]) > 15


@every
def test_a_hook_may_come_while_the_step_is_under_way(name):
    _, ours, _, _ = both(name)
    calls = []
    ours.step(lambda: ours.register_step_post_hook(lambda *_: calls.append(1)) and 1.0)
    assert calls == [1]


@every
def test_a_profiler_sees_the_step(name):
    p, ours, _, _ = both(name)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as seen:
        walk(ours, p, 2)
    (event,) = [e for e in seen.key_averages() if e.key == f"Optimizer.step#{type(ours).__name__}.step"]
    assert event.count == 2


@every
@pytest.mark.parametrize(
    "schedule",
    [
        lambda o: torch.optim.lr_scheduler.StepLR(o, 2, 0.5),
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10),
        lambda o: torch.optim.lr_scheduler.LinearLR(o),
        lambda o: (
            torch.optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=20, cycle_momentum=True)
            if "betas" in o.defaults or o.defaults["momentum"]
            else torch.optim.lr_scheduler.OneCycleLR(o, 0.1, total_steps=20, cycle_momentum=False)
        ),
    ],
    ids=["step", "cosine", "linear", "one-cycle"],
)
def test_learning_rate_schedulers(name, schedule):
    p, ours, q, theirs = both(name, lr=0.1)
    for params, optimizer in ((p, ours), (q, theirs)):
        scheduler = schedule(optimizer)
        for grads in stream(params, 8):
            for x, g in zip(params, grads, strict=True):
                x.grad = g
            optimizer.step()
            scheduler.step()
    assert_close([x.detach() for x in p], [x.detach() for x in q])


@every
def test_zero_grad(name):
    p, ours, _, _ = both(name)
    for x in p:
        x.grad = torch.ones_like(x)
    ours.zero_grad(set_to_none=False)
    assert all(not x.grad.any() for x in p)
    ours.zero_grad()
    assert all(x.grad is None for x in p)


@every
def test_parameters_move_in_place_and_leave_no_graph(name):
    p, ours, _, _ = both(name)
    addresses = [x.data_ptr() for x in p]
    walk(ours, p, 3)
    assert [x.data_ptr() for x in p] == addresses
    assert all(x.is_leaf and x.grad_fn is None for x in p)
    assert not any(x.requires_grad for x in states(ours, p))


@every
def test_gradients_are_left_alone(name):
    p, ours, _, _ = both(name, weight_decay=0.1, maximize=True)
    for x in p:
        x.grad = torch.randn_like(x)
    before = [x.grad.clone() for x in p]
    ours.step()
    assert_close([x.grad for x in p], before)


@every
def test_pickle_and_deepcopy_go_on_where_they_were(name):
    p, ours, _, _ = both(name)
    walk(ours, p, 5)
    q, copied = copy.deepcopy((p, ours))
    r, unpickled = pickle.loads(pickle.dumps((p, ours)))
    expected, _ = walk(ours, p, 5, seed=7)
    assert all(map(torch.equal, walk(copied, q, 5, seed=7)[0], expected))
    assert all(map(torch.equal, walk(unpickled, r, 5, seed=7)[0], expected))


@every
@pytest.mark.parametrize("direction", ["from torch", "to torch"])
@pytest.mark.parametrize("options", [{}, {"weight_decay": 0.1, "maximize": True}], ids=["plain", "options"])
def test_state_dict_goes_both_ways(name, direction, options):
    """Five steps with one, five with the other, through a file; as ten with torch."""
    ours, theirs, own = OPTIMIZERS[name]
    first, second = (theirs, ours) if direction == "from torch" else (ours, theirs)
    p, q = make_params(), make_params()
    _, a = walk(first(p, **own, **options), p, 5)
    file = io.BytesIO()
    torch.save({"params": p, "optimizer": a.state_dict()}, file)
    file.seek(0)
    saved = torch.load(file, weights_only=True)
    b = second(saved["params"], lr=123.0, **own)
    b.load_state_dict(saved["optimizer"])
    assert {k: v for k, v in b.param_groups[0].items() if k != "params"} == {
        k: v for k, v in a.param_groups[0].items() if k != "params"
    }
    result, _ = walk(b, saved["params"], 5, seed=7)
    reference = theirs(q, **own, **options)
    walk(reference, q, 5)
    assert_close(result, walk(reference, q, 5, seed=7)[0])


@pytest.mark.parametrize("direction", ["from torch", "to torch"])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("momentum", {"nesterov": True}),
        ("momentum", {"dampening": 0.3}),
        ("adam", {"amsgrad": True}),
        ("adamw", {"amsgrad": True}),
        ("adam", {"lr": torch.tensor(0.01, dtype=torch.float64)}),
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [torch.float64, torch.complex64])
def test_the_state_of_every_option_goes_both_ways(name, options, direction, dtype):
    """Named parameters in two groups; the one that goes on was made with none of the options."""
    ours, theirs, own = OPTIMIZERS[name]
    first, second = (theirs, ours) if direction == "from torch" else (ours, theirs)

    def groups(p):
        named = [(f"p{i}", x) for i, x in enumerate(p)]
        return [{"params": named[:2]}, {"params": named[2:], "weight_decay": 0.1}]

    p, q = make_params(dtype), make_params(dtype)
    _, a = walk(first(groups(p), **own, **options), p, 5)
    b = second(groups(p), **own)
    b.load_state_dict(copy.deepcopy(a.state_dict()))
    assert [g["param_names"] for g in b.param_groups] == [["p0", "p1"], ["p2", "p3", "p4"]]
    result, _ = walk(b, p, 5, seed=7)
    reference = theirs(groups(q), **own, **options)
    walk(reference, q, 5)
    eps = torch.finfo(dtype).eps  # torch multiplies complex numbers and by tensors, ours pairs of real ones and numbers
    assert_close(result, walk(reference, q, 5, seed=7)[0], ulps=64, floor=16 * eps)


@pytest.mark.parametrize("name", ["momentum", "adam", "adamw"])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_the_state_of_16_bit_parameters_loads_in_torch(name, dtype):
    """It rounds the moments to the parameter's dtype, as it does with its own, and takes the next step."""
    ours, theirs, own = OPTIMIZERS[name]
    p, q = make_params(dtype), make_params(dtype)
    _, a = walk(ours(p, **own), p, 3)
    b = theirs(q, **own)
    b.load_state_dict(a.state_dict())
    assert_close(states(b, q), [x.to(y.dtype) for x, y in zip(states(a, p), states(b, q), strict=True)])
    walk(b, q, 2)


@every
def test_state_dict_has_the_keys_of_torch(name):
    p, ours, q, theirs = both(name)
    walk(ours, p), walk(theirs, q)
    a, b = ours.state_dict(), theirs.state_dict()
    assert a.keys() == b.keys()
    assert [set(g) for g in a["param_groups"]] == [set(g) for g in b["param_groups"]]
    # torch has no entry for a parameter without state, or an empty one: either is read by both
    assert {k: set(v) for k, v in a["state"].items() if v} == {k: set(v) for k, v in b["state"].items() if v}


@pytest.mark.parametrize("name", ["momentum", "adam", "adamw"])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_load_state_dict_keeps_float32_moments(name, dtype):
    ours, theirs, own = OPTIMIZERS[name]
    source = make_params()
    _, saved = walk(theirs(source, **own), source)
    p, q = make_params(dtype), make_params(dtype)
    a, b = ours(p, **own), theirs(q, **own)
    seen = []
    a.register_load_state_dict_post_hook(lambda o: seen.extend(x.dtype for x in states(o, p)))
    a.load_state_dict(saved.state_dict())
    b.load_state_dict(saved.state_dict())
    assert_close(states(a, p), states(saved, source))
    assert set(seen) == {torch.float32}  # a user's hook finds the final state
    assert any(x.dtype is dtype for x in states(b, q))  # what torch makes of them
    again = ours(make_params(dtype), **own)
    again.load_state_dict(a.state_dict())
    assert_close(states(again, again.param_groups[0]["params"]), states(a, p))


@pytest.mark.parametrize("name", ["momentum", "adam", "adamw"])
def test_load_state_dict_obeys_pre_hooks_and_casts_other_dtypes_as_torch(name):
    ours, _, own = OPTIMIZERS[name]
    source, p = make_params(torch.float64), make_params(torch.float32)
    _, saved = walk(ours(source, **own), source)
    a = ours(p, **own)

    def double(_, state_dict):
        for group in state_dict["param_groups"]:
            group["lr"] *= 2
        return state_dict

    a.register_load_state_dict_pre_hook(double)
    a.load_state_dict(copy.deepcopy(saved.state_dict()))
    assert a.param_groups[0]["lr"] == 2 * saved.param_groups[0]["lr"]
    assert {x.dtype for x in states(a, p)} == {torch.float32}


@every
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_16_bit_parameters_are_the_float32_step_rounded_once(name, dtype):
    ours, _, own = OPTIMIZERS[name]
    p = make_params(dtype)
    optimizer = ours(p, lr=0.01, **own)
    master = [x.detach().float().requires_grad_() for x in p]
    twin = ours(master, lr=0.01, **own)
    for grads in stream(p, 10):
        for x, m, g in zip(p, master, grads, strict=True):
            x.grad = g
            m.grad = None if g is None else g.float()
            m.data.copy_(x.detach().float())  # each step starts from the rounded parameter
        optimizer.step()
        twin.step()
    assert_close([x.detach() for x in p], [m.detach().to(dtype) for m in master])
    assert_close(states(optimizer, p), states(twin, master))


def test_bfloat16_second_moment_decays():
    """At beta2 = 0.999 one decay is a relative 1e-3, under half an ulp of bfloat16: in torch it never happens."""
    moments = []
    for make in (byhand.optim.Adam, torch.optim.Adam):
        p = torch.zeros(8, dtype=torch.bfloat16, requires_grad=True)
        optimizer = make([p])
        p.grad = torch.ones_like(p)
        optimizer.step()
        p.grad = torch.zeros_like(p)
        for _ in range(1000):
            optimizer.step()
        moments.append(optimizer.state[p]["exp_avg_sq"][0].item())
    ours, theirs = moments
    assert ours == pytest.approx(0.001 * 0.999**1000, rel=1e-4)
    assert theirs > 2 * ours


@every
def test_grad_scaler_scales_skips_and_asks_the_host_nothing(name, monkeypatch):
    p, _, q, theirs = both(name)
    ours = OPTIMIZERS[name][0](p, **OPTIMIZERS[name][2], fused=True)
    scalers = [torch.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=2) for _ in range(2)]
    waited = []
    for i in range(6):
        for params, optimizer, scaler in ((p, ours, scalers[0]), (q, theirs, scalers[1])):
            optimizer.zero_grad()
            loss = sum(((x - 1) ** 2).sum() for x in params) * (torch.inf if i in (0, 3) else 1)
            scaler.scale(loss).backward()
            if optimizer is ours:
                with monkeypatch.context() as patch:
                    patch.setattr(scaler, "_maybe_opt_step", lambda *_: waited.append("asked the host"))
                    scaler.step(optimizer)
            else:
                scaler.step(optimizer)
            scaler.update()
    assert not waited
    assert scalers[0].get_scale() == scalers[1].get_scale()
    assert_close([x.detach() for x in p], [x.detach() for x in q])
    assert_close([x.grad for x in p], [x.grad for x in q])  # unscaled, as torch leaves them
    if "adam" in name:
        assert [ours.state[x]["step"] for x in p] == [theirs.state[x]["step"] for x in q]


def test_grad_scaler_that_skips_the_first_step_of_a_dampened_momentum():
    options = {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}
    results = []
    for make in (byhand.optim.SGD, torch.optim.SGD):
        p = torch.ones(3, requires_grad=True)
        optimizer, scaler = make([p], **options), torch.amp.GradScaler("cpu", init_scale=4.0)
        for factor in (torch.inf, 1.0, 1.0):
            optimizer.zero_grad()
            scaler.scale((p * p).sum() * factor).backward()
            scaler.step(optimizer)
            scaler.update()
        results.append([p.detach()])
    assert_close(*results)


@every
def test_grad_scaler_after_unscale_and_clipping(name):
    p, ours, q, theirs = both(name)
    for params, optimizer in ((p, ours), (q, theirs)):
        scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
        for _ in range(3):
            optimizer.zero_grad()
            scaler.scale(sum((x**2).sum() for x in params)).backward()
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(params, 0.5)
            scaler.step(optimizer)
            scaler.update()
    assert_close([x.detach() for x in p], [x.detach() for x in q])


@every
def test_differentiable_gradients_through_the_step(name):
    """d(parameter after two steps) / d(parameter, gradients, lr), against finite differences and against torch."""
    ours, theirs, own = OPTIMIZERS[name]
    theta = torch.randn(4, dtype=torch.float64, requires_grad=True)
    grads = torch.randn(2, 4, dtype=torch.float64, requires_grad=True)
    lr = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)

    def two_steps(make, theta, grads, lr):
        p = theta.clone()
        optimizer = make([p.detach().requires_grad_()], lr=lr, differentiable=True, weight_decay=0.1, **own)
        optimizer.param_groups[0]["params"] = [p]
        for g in grads:
            p.grad = g
            optimizer.step()
        return p

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # reading .grad of a tensor that is no leaf: that is how this mode is used
        assert torch.autograd.gradcheck(lambda *x: two_steps(ours, *x), (theta, grads, lr))
        a = torch.autograd.grad(two_steps(ours, theta, grads, lr).sum(), (theta, grads, lr))
        if name == "momentum":  # torch overwrites the velocity that the first step's gradient needs, and says so
            with pytest.raises(RuntimeError, match="modified by an inplace operation"):
                torch.autograd.grad(two_steps(theirs, theta, grads, lr).sum(), theta)
            return
        b = torch.autograd.grad(two_steps(theirs, theta, grads, lr).sum(), (theta, grads, lr))
    # torch computes the bias corrections, 1 - 0.999 among them, in float32
    torch.testing.assert_close(a, b, rtol=torch.finfo(torch.float32).eps / 0.001, atol=1e-6)


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_a_step_that_fails_moves_nothing(name):
    p, ours, q, theirs = both(name)
    p[0].grad, q[0].grad = torch.ones_like(p[0]), torch.ones_like(q[0])
    p[-1].grad, q[-1].grad = torch.ones_like(p[-1]).to_sparse(), torch.ones_like(q[-1]).to_sparse()
    before = [x.detach().clone() for x in p]
    with pytest.raises(RuntimeError, match=r"`grad` of `AdamW?` must be dense"):
        ours.step()
    with pytest.raises(RuntimeError):
        theirs.step()
    assert_close([x.detach() for x in p], before)
    assert not ours.state


@every
def test_constructors_take_what_torch_takes(name):
    import inspect

    ours, theirs, _ = OPTIMIZERS[name]
    a, b = (inspect.signature(make).parameters for make in (ours, theirs))
    own = [x for x in a.values() if x.name not in b]
    assert [x.name for x in own] == ["moments"]
    assert all(x.kind is x.KEYWORD_ONLY and x.default is None for x in own)
    shared = [(x.name, x.kind, x.default) for x in a.values() if x.name in b]
    assert shared == [(x.name, x.kind, x.default) for x in b.values()]


BAD = [
    ("lr", {"lr": -1.0}),
    ("lr", {"lr": float("nan")}),
    ("lr", {"lr": torch.tensor([0.1, 0.2])}),
    ("weight_decay", {"weight_decay": -0.1}),
    ("fused", {"fused": True, "foreach": True}),
    ("fused", {"fused": True, "differentiable": True}),
]


@every
@pytest.mark.parametrize(("argument", "options"), BAD, ids=[f"{k}={v}" for k, v in BAD])
def test_bad_options_get_one_sentence(name, argument, options):
    ours, theirs, own = OPTIMIZERS[name]
    with pytest.raises((ValueError, RuntimeError)) as error:
        ours(make_params(), **{**own, **options})
    assert str(error.value).startswith(f"`{argument}` of `{ours.__name__}` must be ")
    if str(options) != "{'lr': nan}":  # torch lets it pass in SGD
        with pytest.raises(type(error.value)):
            theirs(make_params(), **{**own, **options})


@every
def test_a_kernel_that_is_there_is_taken(name, monkeypatch):
    """A kernel gets all tensors of a group in one call."""
    calls = []

    def kernel(params, grads, states, fresh, group, found_inf, numbers):
        calls.append((len(params), len(grads), len(states), fresh, found_inf, numbers))

    asked = []
    monkeypatch.setattr(kernels, "pick", lambda formula, *_: asked.append(formula) or kernel)
    p, ours, _, _ = both(name)
    for x in p:
        x.grad = torch.ones_like(x)
    before = [x.detach().clone() for x in p]
    ours.step()
    assert asked == [name] * 5
    assert calls == [(5, 5, 5, [name != "sgd"] * 5, None, [0, 1, 2, 3, 4])]
    assert_close([x.detach() for x in p], before)
