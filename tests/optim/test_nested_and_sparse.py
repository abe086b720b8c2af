"""Parameters and gradients that are not dense, at random beside torch: the same numbers, or a refusal by both."""

import random

import pytest
import torch

from byhand import optim

OFFSETS = torch.tensor([0, 2, 6])  # jagged tensors have the same shape if they share it

LAYOUTS = {
    "dense": lambda x: x,
    "jagged": lambda x: torch.nested.nested_tensor_from_jagged(x, OFFSETS),
    "coordinates": lambda x: x.to_sparse(),
    "rows": lambda x: x.to_sparse(1),
    "repeated": lambda x: torch.sparse_coo_tensor(torch.tensor([[0, 3, 0]]), x[:3], x.shape, check_invariants=True),
    "no entries": lambda x: (0 * x).to_sparse(),
    "CSR": lambda x: x.to_sparse_csr(),
    "CSC": lambda x: x.to_sparse_csc(),
    "BSR": lambda x: x.to_sparse_bsr((2, 2)),
    "MKL-DNN": lambda x: x.to_mkldnn(),
}
OF_DENSE = ["dense", "coordinates", "rows", "repeated", "no entries"]
OPTIONS = {
    "SGD": {"momentum": [0.0, 0.9], "weight_decay": [0.0, 0.0, 0.1], "maximize": [False, True]},
    "Adam": {"amsgrad": [False, True], "weight_decay": [0.0, 0.1], "capturable": [False, True]},
    "AdamW": {"amsgrad": [False, True], "maximize": [False, True], "capturable": [False, True]},
}
SENTENCE = r"`\w+` of `\w+` must be .+, got .+\."


def dense(x):
    return x.values() if x.is_nested else x.to_dense() if x.layout is not torch.strided else x


def drawn(rng):
    """A case: the name of a class, its options, the layouts of the parameter and of the gradient of each step."""
    name = rng.choice(["SGD", "SGD", *OPTIONS])
    options = {key: rng.choice(values) for key, values in OPTIONS[name].items()}
    if options.get("momentum"):
        options |= rng.choice([{}, {"nesterov": True}, {"dampening": 0.5}])
    layout = rng.choice(["dense", "dense", *LAYOUTS])
    same = [layout] if layout not in ("coordinates", "rows") else [layout, "no entries"]
    steps = [rng.choice(OF_DENSE if layout == "dense" else same) for _ in range(4)]
    return name, options, layout, steps if rng.random() < 0.5 else steps[:1] * 4


def walked(module, name, options, layout, steps):
    """The parameter after these steps, or the error."""
    torch.manual_seed(0)
    p = LAYOUTS[layout](torch.randn(6, 4)).detach().requires_grad_()
    try:
        optimizer = getattr(module, name)([p], lr=0.1, **options)
        for step in steps:
            p.grad = LAYOUTS[step](torch.randn(6, 4))
            optimizer.step()
    except (RuntimeError, TypeError) as error:
        return error
    assert p.layout is LAYOUTS[layout](torch.zeros(6, 4)).layout
    return dense(p.detach())


@pytest.mark.filterwarnings("ignore:Sparse (CSR|CSC|BSR) tensor support is in beta", "ignore:The PyTorch API of nested")
def test_random_layouts_beside_torch(part):
    accepted = set()
    for seed in part(range(240), 2):
        name, options, layout, steps = case = drawn(random.Random(seed))
        plain = {key: value for key, value in options.items() if key != "capturable"}  # torch: not on the CPU
        ours, theirs = walked(optim, name, options, layout, steps), walked(torch.optim, name, plain, layout, steps)
        if isinstance(theirs, torch.Tensor) and isinstance(ours, torch.Tensor):
            torch.testing.assert_close(ours, theirs, msg=lambda text, case=case: f"{case}: {text}")
            accepted.add(layout)
        elif isinstance(theirs, torch.Tensor):
            raise AssertionError(f"{case}: torch takes a step, byhand does not") from ours
    assert accepted >= {"dense", "jagged", "coordinates", "rows", "repeated", "CSR", "MKL-DNN"}


@pytest.mark.filterwarnings("ignore:Sparse (CSR|CSC|BSR) tensor support is in beta")
@pytest.mark.parametrize(
    ("name", "options", "layout", "step"),
    [
        ("SGD", {}, "CSC", "CSC"),
        ("SGD", {"momentum": 0.9}, "BSR", "BSR"),
        ("SGD", {"weight_decay": 0.1}, "dense", "coordinates"),
        ("SGD", {"weight_decay": torch.tensor(0.1)}, "dense", "rows"),
        ("SGD", {"momentum": 0.9, "moments": "bfloat16"}, "rows", "rows"),
        ("Adam", {}, "dense", "coordinates"),
        ("AdamW", {}, "jagged", "jagged"),
        ("AdamW", {"capturable": True}, "CSR", "CSR"),
    ],
)
def test_what_is_refused_is_told_in_one_sentence(name, options, layout, step):
    before = LAYOUTS[layout](torch.ones(6, 4)).detach().requires_grad_()
    before.grad = LAYOUTS[step](torch.ones(6, 4))
    optimizer = getattr(optim, name)([before], lr=0.1, **options)
    with pytest.raises(RuntimeError, match=SENTENCE):
        optimizer.step()
    assert (dense(before.detach()) == 1).all()


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_capturable_changes_no_number(name):
    """Whether it is set from the start, between two steps, or by a state that is loaded; and with each option."""
    for seed in range(10):
        rng = random.Random(seed)
        options = {key: rng.choice(values) for key, values in OPTIONS[name].items() if key != "capturable"}
        options |= rng.choice([{}, {"fused": True}, {"foreach": True}, {"moments": "bfloat16"}])
        dtype, change = rng.choice([torch.float32, torch.bfloat16, torch.float64]), rng.choice(["", "set", "loaded"])
        missing, results = rng.randrange(9), []
        for capturable in (False, True):
            torch.manual_seed(seed)
            params = [torch.randn(3, 4, dtype=dtype, requires_grad=True), torch.randn((), dtype=dtype).requires_grad_()]
            optimizer = getattr(optim, name)(params, lr=0.1, capturable=capturable and not change, **options)
            for step in range(6):
                if step == 3 and capturable:
                    for group in optimizer.param_groups:
                        group["capturable"] = True
                    if change == "loaded":
                        optimizer.load_state_dict(optimizer.state_dict())
                for p in params:
                    p.grad = torch.randn_like(p) if step != missing else None
                optimizer.step()
            results.append([p.detach() for p in params])
        for a, b in zip(*results, strict=True):
            torch.testing.assert_close(a, b, rtol=4 * torch.finfo(dtype).eps, atol=4 * torch.finfo(dtype).eps)
