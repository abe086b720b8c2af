"""What the optimizers refuse, beside what torch refuses; and that nothing has changed when they do."""

import copy
import re

import jaxtyping
import numpy as np
import pytest
import torch
from torch import nn

import byhand
from pairs import OPTIMIZERS, assert_close, make_params, walk

every = pytest.mark.parametrize("name", OPTIMIZERS)


@pytest.fixture(autouse=True)
def backend(monkeypatch):
    """No kernel matters here, and the type checker of the tests would refuse first what we are to refuse."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


def leaf():
    return torch.ones(3, requires_grad=True)


def refused(make, *args, **kwargs):
    """The exception, and its sentence as it was written: ``str`` of a KeyError quotes it."""
    with pytest.raises(Exception) as error:  # noqa: PT011 (which one, the caller asks)
        make(*args, **kwargs)
    return type(error.value), error.value.args[0]


# what is given, made anew for each call; the argument that the sentence blames
PARAMS = {
    "a model": (lambda: nn.Linear(2, 2), "params"),
    "layers": (lambda: nn.Sequential(nn.Linear(2, 2)), "params"),
    "a method not called": (lambda: nn.Linear(2, 2).parameters, "params"),
    "a ParameterDict": (lambda: nn.ParameterDict({"w": leaf()}), "params"),
    "an empty list": (list, "params"),
    "a generator already read": (lambda: (p for p in ()), "params"),
    "a string": (lambda: "weights", "params"),
    "None": (lambda: None, "params"),
    "a tensor": (leaf, "params"),
    "a group that is in no list": (lambda: {"params": [leaf()]}, "params"),
    "not a leaf": (lambda: [leaf(), leaf() * 2], "params[1]"),
    "a number": (lambda: [leaf(), 1.0], "params[1]"),
    "a list in a list": (lambda: [[leaf()]], "params[0]"),
    "a layer in a list": (lambda: [nn.Linear(2, 2)], "params[0]"),
    "a name alone": (lambda: [("w",)], "params[0]"),
    "a name that comes second": (lambda: [(leaf(), "w")], "params[0]"),
    "some with names": (lambda: [("w", leaf()), leaf()], "params"),
    "a group after a tensor": (lambda: [leaf(), {"params": [leaf()]}], "params[1]"),
    "a tensor after a group": (lambda: [{"params": [leaf()]}, leaf()], "params[1]"),
    "a key misspelt": (lambda: [{"params": [leaf()]}, {"param": [leaf()]}], "params[1]"),
    "a model in a group": (lambda: [{"params": nn.Linear(2, 2)}], "params[0]['params']"),
    "a set in a group": (lambda: [{"params": {leaf()}}], "params[0]['params']"),
    "a number in a group": (lambda: [{"params": [leaf(), 1.0]}], "params[0]['params'][1]"),
    "names in one group": (lambda: [{"params": [("w", leaf())]}, {"params": leaf()}], "params[1]['params']"),
    "one in two groups": (lambda: [{"params": p, "lr": 0.1} for p in [leaf()] * 2], "params[1]['params']"),
}


@every
@pytest.mark.parametrize("case", PARAMS)
def test_parameters_that_torch_refuses(name, case):
    given, argument = PARAMS[case]
    ours, theirs, own = OPTIMIZERS[name]
    error, sentence = refused(ours, given(), **own)
    assert error is refused(theirs, given(), **own)[0]
    assert re.fullmatch(f"`{re.escape(argument)}` of `{ours.__name__}` must be .*, got .*[.]", sentence)


def test_the_sentences():
    make = byhand.optim.AdamW
    assert refused(make, nn.Linear(2, 2))[1] == (
        "`params` of `AdamW` must be an iterable of Tensors or dicts, as `model.parameters()` is, got Linear."
    )
    assert refused(make, [{"param": [leaf()], "lr": 0.1}])[1] == (
        "`params[0]` of `AdamW` must be a dict with the key 'params', got the keys ['param', 'lr']."
    )
    assert refused(make, [])[1] == "`params` of `AdamW` must be at least one Tensor or dict, got an empty list."
    assert refused(make, [leaf()], betas=0.9)[1] == "`betas` of `AdamW` must be a sequence of 2, got 0.9."


def kept():
    p = leaf() * 2
    p.retain_grad()
    return p


TAKEN = {
    "a set": lambda: {leaf()},
    "a ParameterList": lambda: nn.ParameterList([leaf()]),
    "more than a name and a tensor": lambda: [("w", leaf(), "more")],
    "what keeps its gradient": lambda: [kept()],
    "a tensor for a group": lambda: [{"params": leaf()}],
    "a generator, and nothing, for a group": lambda: [{"params": (leaf() for _ in range(2))}, {"params": []}],
    "names from a dict": lambda: [{"params": {"w": leaf()}.items()}],
    "options no one knows": lambda: [{"params": [leaf()], "learning_rate": 1.0, "lr": -1.0}],
}


@every
@pytest.mark.parametrize("given", TAKEN.values(), ids=TAKEN)
def test_what_torch_takes_is_taken(name, given):
    ours, theirs, own = OPTIMIZERS[name]
    for a, b in zip(ours(given(), **own).param_groups, theirs(given(), **own).param_groups, strict=True):
        assert_close([p.detach() for p in a.pop("params")], [p.detach() for p in b.pop("params")])
        assert a == b


@every
def test_a_parameter_twice_in_a_group_gets_torchs_warning(name):
    ours, theirs, own = OPTIMIZERS[name]
    p = leaf()
    with pytest.warns(UserWarning, match="duplicate parameters"):
        ours([p, p], **own)
    with pytest.warns(UserWarning, match="duplicate parameters"):
        theirs([p, p], **own)


@every
def test_a_constructor_that_fails_leaves_the_groups_as_they_were(name):
    ours, _, own = OPTIMIZERS[name]
    first, second = {"params": (p for p in make_params())}, {"params": [leaf() * 2]}
    refused(ours, [first, second], lr=123.0, **own)
    assert list(first) == list(second) == ["params"]
    assert ours([first], lr=0.5, **own).param_groups[0]["lr"] == 0.5
    assert len(first["params"]) == 5  # though the generator was read the first time


@every
@pytest.mark.parametrize(
    ("argument", "given"),
    [
        ("param_group", lambda _: [leaf()]),
        ("param_group", lambda _: {"param": [leaf()]}),
        ("param_group['params']", lambda p: {"params": [leaf(), p[0]]}),
        ("param_group['params']", lambda _: {"params": [("w", leaf())]}),
        ("param_group['params'][1]", lambda _: {"params": [leaf(), None]}),
        ("param_group['params'][0]", lambda _: {"params": [leaf() * 2]}),
    ],
    ids=["no dict", "misspelt", "taken", "named", "no tensor", "no leaf"],
)
def test_a_group_that_is_refused_changes_nothing(name, argument, given):
    ours, theirs, own = OPTIMIZERS[name]
    p, q = make_params(), make_params()
    _, optimizer = walk(ours(p, **own), p, 3)
    before, (group,) = copy.deepcopy(optimizer.state_dict()), optimizer.param_groups
    bad = given(p)
    keys = list(bad)
    error, sentence = refused(optimizer.add_param_group, bad)
    assert error is refused(theirs(q, **own).add_param_group, given(q))[0]
    assert sentence.startswith(f"`{argument}` of `{ours.__name__}.add_param_group` must be ")
    assert list(bad) == keys
    assert len(optimizer.param_groups) == 1
    assert optimizer.param_groups[0] is group
    torch.testing.assert_close(optimizer.state_dict(), before)


def drop(key):
    return lambda saved: saved.pop(key)


def of_another_shape(saved):
    for moments in saved["state"].values():
        moments.update({name: torch.ones(17) for name in moments if name != "step"})


UNFIT = {
    "no state": (drop("state"), "state_dict"),
    "no groups": (drop("param_groups"), "state_dict"),
    "a group more": (lambda saved: saved["param_groups"].append({"params": [9]}), "state_dict"),
    "no parameters": (lambda saved: saved["param_groups"][0].pop("params"), "state_dict['param_groups'][0]"),
    "a parameter less": (lambda saved: saved["param_groups"][0]["params"].pop(), "state_dict['param_groups'][0]"),
    "shapes": (of_another_shape, "state_dict['state'][0]["),
}


@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name in OPTIMIZERS for case in UNFIT if (name, case) != ("sgd", "shapes")]
)
@pytest.mark.parametrize("saved_by", ["ours", "torch"])
def test_a_state_dict_that_does_not_fit_changes_nothing(name, case, saved_by):
    ours, theirs, own = OPTIMIZERS[name]
    spoil, argument = UNFIT[case]
    p, q, r = make_params(), make_params(), make_params()
    saved = walk((ours if saved_by == "ours" else theirs)(r, **own), r, 2)[1].state_dict()
    spoil(saved)
    (_, a), (_, b) = walk(ours(p, **own), p, 3), walk(theirs(q, **own), q, 3)
    before, groups = copy.deepcopy(a.state_dict()), a.param_groups
    error, sentence = refused(a.load_state_dict, saved)
    assert sentence.startswith(f"`{argument}")
    assert f"` of `{ours.__name__}.load_state_dict` must be " in sentence
    assert a.param_groups is groups
    torch.testing.assert_close(a.state_dict(), before)
    assert not a._optimizer_load_state_dict_pre_hooks
    assert not a._optimizer_load_state_dict_post_hooks
    if case == "shapes":  # which torch finds out when it steps
        b.load_state_dict(saved)
        assert error is refused(b.step)[0] is RuntimeError
    else:
        assert error is refused(b.load_state_dict, saved)[0]


# ---- hyperparameters

COMPLEX, TWO, META = torch.tensor(0.5j), torch.tensor([0.5, 0.5]), torch.tensor(0.5, device="meta")
OPTIONS = {"lr": "sgd momentum adam adamw", "weight_decay": "sgd momentum adam adamw", "eps": "adam adamw"}
OPTIONS |= {"momentum": "sgd", "dampening": "momentum"}


@pytest.mark.parametrize(("name", "option"), [(name, x) for x, names in OPTIONS.items() for name in names.split()])
@pytest.mark.parametrize("value", ["0.1", None, [0.1], 0.1j, COMPLEX, TWO, META], ids=str)
def test_a_hyperparameter_that_is_no_number(name, option, value):
    ours, theirs, own = OPTIMIZERS[name]
    error, sentence = refused(ours, make_params(), **{**own, option: value})
    assert re.fullmatch(f"`{option}` of `{ours.__name__}` must be .*, got .*[.]", sentence)
    if value is TWO:  # for the learning rate torch says ValueError, for others that a bool is ambiguous
        assert error is ValueError
    elif option == "dampening":  # which torch finds out when it steps
        assert error is {id(COMPLEX): NotImplementedError, id(META): RuntimeError}.get(id(value), TypeError)
    else:
        assert error is refused(theirs, make_params(), **{**own, option: value})[0]


LATER = [(name, option) for name in OPTIMIZERS for option in ("lr", "weight_decay")] + [
    ("adam", "betas"),
    ("adamw", "betas"),
]


@pytest.mark.parametrize(("name", "option"), LATER)
def test_an_option_that_becomes_no_number_stops_the_next_step_before_it_begins(name, option):
    ours, _, own = OPTIMIZERS[name]
    p = make_params()
    optimizer = ours([{"params": p[:2]}, {"params": p[2:]}], **own)
    walk(optimizer, p, 3)
    optimizer.param_groups[1][option] = (0.9, "0.99") if option == "betas" else "0.1"

    def tensors():
        return [x.detach().clone() for x in p] + [x.clone() for q in p for x in optimizer.state[q].values()]

    before = tensors()
    error, sentence = refused(optimizer.step)
    assert error is TypeError
    which = f"param_groups[1]['{option}']" + ("[1]" if option == "betas" else "")
    assert sentence.startswith(f"`{which}` of `{ours.__name__}.step` must be a number or a tensor, got ")
    assert all(map(torch.equal, before, tensors()))


@every
@pytest.mark.parametrize("option", ["lr", "weight_decay"])
def test_a_group_with_an_option_that_is_no_number_stops_the_step_before_it_begins(name, option):
    ours, theirs, own = OPTIMIZERS[name]
    p, q = make_params(), make_params()
    a, b = ours([{"params": p[:2]}, {"params": p[2:], option: "0.1"}], **own), theirs([{"params": q}], **own)
    b.param_groups[0][option] = "0.1"
    for x in (*p, *q):
        x.grad = torch.ones_like(x)
    error, sentence = refused(a.step)
    assert error is refused(b.step)[0] is TypeError
    assert sentence == (
        f"`param_groups[1]['{option}']` of `{ours.__name__}.step` must be a number or a tensor, got '0.1'."
    )
    assert_close([x.detach() for x in p], [x.detach() for x in make_params()])
    assert not a.state


@pytest.mark.parametrize("name", ["adam", "adamw"])
@pytest.mark.parametrize(
    ("argument", "betas"),
    [
        ("betas", 0.9),
        ("betas", None),
        ("betas", (0.9,)),
        ("betas", {0.9, 0.99}),
        ("betas[0]", ("0.9", 0.99)),
        ("betas[1]", (0.9, None)),
        ("betas[0]", (0.9j, 0.99)),
        ("betas[0]", (COMPLEX, COMPLEX)),
        ("betas[0]", "ab"),
    ],
    ids=str,
)
def test_betas_that_are_no_two_numbers(name, argument, betas):
    ours, theirs, _ = OPTIMIZERS[name]
    error, sentence = refused(ours, make_params(), betas=betas)
    assert error is refused(theirs, make_params(), betas=betas)[0]
    assert sentence.startswith(f"`{argument}` of `{ours.__name__}` must be ")


def test_three_betas():
    """torch finds it out at the first step."""
    assert refused(byhand.optim.Adam, make_params(), betas=(0.9, 0.99, 0.999))[0] is ValueError
    p = leaf()
    p.grad = torch.ones(3)
    assert refused(torch.optim.Adam([p], betas=(0.9, 0.99, 0.999)).step)[0] is ValueError


@every
@pytest.mark.parametrize("lr", [np.float32(0.1), np.float64(0.1), np.array(0.1), True, 1], ids=repr)
def test_numbers_of_every_kind(name, lr):
    ours, theirs, own = OPTIMIZERS[name]
    p, q = make_params(), make_params()
    assert_close(walk(ours(p, lr=lr, **own), p, 3)[0], walk(theirs(q, lr=lr, **own), q, 3)[0])


@pytest.mark.parametrize("name", ["adam", "adamw"])
@pytest.mark.parametrize("betas", [[0.8, 0.95], np.array([0.8, 0.95]), TWO], ids=["list", "array", "tensor"])
def test_betas_in_any_sequence(name, betas):
    ours, theirs, _ = OPTIMIZERS[name]
    p, q = make_params(torch.float64), make_params(torch.float64)
    a, b = walk(ours(p, betas=betas), p, 3)[0], walk(theirs(q, betas=betas), q, 3)[0]
    # torch rounds powers of tensors to the step's float32
    torch.testing.assert_close(a, b, rtol=1e-5 if betas is TWO else 1e-15, atol=1e-6 if betas is TWO else 1e-15)
