"""torch's own samples and checks of its losses (OpInfo, ModuleInfo), run on ours; torch's loss is the control."""

import pytest
import torch
from torch.testing._internal import composite_compliance
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import module_db
from torch.utils._pytree import tree_leaves, tree_map

from byhand import backend, losses

pytestmark = pytest.mark.filterwarnings("ignore")  # torch's, about its own samples

OPS = [op for op in op_db if op.name.removeprefix("nn.functional.") in losses.__all__]
WHOLE = [
    op for op in OPS if "chunked" not in op.variant_test_name
]  # in parts torch itself fails the checks of autograd
MODULES = [info for info in module_db if info.module_cls.__name__ in losses.__all__]

ops = pytest.mark.parametrize("op", OPS, ids=lambda op: op.formatted_name)
whole = pytest.mark.parametrize("op", WHOLE, ids=lambda op: op.formatted_name)


@pytest.fixture(autouse=True, params=["formula", "auto"])
def computed_by(request):
    with backend(request.param):
        yield


def test_all_of_torchs_losses_are_found():
    assert {op.name.removeprefix("nn.functional.") for op in OPS} == {
        "binary_cross_entropy_with_logits",
        "cross_entropy",
        "kl_div",
        "linear_cross_entropy",
    }
    assert {info.module_cls.__name__ for info in MODULES} == {"BCEWithLogitsLoss", "CrossEntropyLoss", "KLDivLoss"}


def ours(op):
    return getattr(losses, op.name.removeprefix("nn.functional."))


def samples(op, dtype=torch.float64, linear=5):
    """torch's samples; of linear_cross_entropy, which has some hundred, each ``linear``-th."""
    found = [(s.input, *s.args, s.kwargs) for s in op.sample_inputs("cpu", dtype, requires_grad=True)]
    assert found
    return found[:: linear if "linear" in op.name else 1]


def copied(arguments):
    """The same arguments with tensors of their own."""
    return tree_map(lambda x: x.detach().clone().requires_grad_(x.requires_grad) if tensor(x) else x, arguments)


def tensor(x):
    return isinstance(x, torch.Tensor)


def gradients(loss, arguments):
    """The loss of copied arguments, and the gradients of a weighted sum of its elements."""
    *args, kwargs = copied(arguments)
    value = loss(*args, **kwargs)
    up = torch.linspace(0.5, 1.5, value.numel(), dtype=value.dtype).view(value.shape)
    if value.requires_grad:
        value.backward(up)
    return value.detach(), [x.grad for x in tree_leaves((args, kwargs)) if tensor(x) and x.requires_grad]


def assert_at_least_as_close(found, expected, exact, least=0.0):
    """As far from the exact result as torch's, or by a rounding of its largest number, or of ``least``."""
    if found is None or exact is None:
        assert found is expected is exact is None
    elif found.numel():
        rounding = torch.finfo(found.dtype).eps * exact.abs().max().clamp(min=least)
        assert (found - exact).abs().max() <= max((expected - exact).abs().max(), rounding)


def strides(x):
    """The strides that matter: those of dimensions with more than one element."""
    return None if x is None else [stride for stride, size in zip(x.stride(), x.shape, strict=True) if size > 1]


@pytest.mark.draw(4)
@ops
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_values_and_gradients(op, dtype):
    for arguments in samples(op, dtype):
        found, theirs = gradients(ours(op), arguments), gradients(op.op, arguments)
        torch.testing.assert_close(found, theirs, equal_nan=True)
        assert [*map(strides, found[1])] == [*map(strides, theirs[1])]


@pytest.mark.draw(4)
@ops
def test_bfloat16(op):
    for arguments in samples(op, torch.bfloat16):
        wide = tree_map(lambda x: x.double() if tensor(x) and x.is_floating_point() else x, arguments)
        wide[-1].pop("options", None)  # in parts torch takes no float64
        results = [gradients(*of) for of in ((ours(op), arguments), (op.op, arguments), (op.op, wide))]
        largest = 0.0
        if "linear" in op.name:  # its logits are rounded, by torch too
            largest = torch.nn.functional.linear(wide[0], wide[1].flatten(0, -2)).abs().max().item()
        for found, expected, exact in zip(*map(tree_leaves, results), strict=True):
            assert_at_least_as_close(found, expected, exact, largest)


@pytest.mark.parametrize("op", [op for op in OPS if op.error_inputs_func], ids=lambda op: op.formatted_name)
def test_errors(op):
    for case in op.error_inputs("cpu"):
        *args, kwargs = (case.sample_input.input, *case.sample_input.args, case.sample_input.kwargs)
        for loss in (op.op, ours(op)):
            with pytest.raises(case.error_type):
                loss(*args, **kwargs)


@pytest.mark.draw(9)
@whole
def test_composite_compliance(op):
    """Ours is made of torch's operations where an argument is a subclass that follows them."""
    for *args, kwargs in samples(op, linear=17):
        composite_compliance.check_with_mode(ours(op), args, kwargs, torch.testing.assert_close)
        composite_compliance.check_all_permutations(ours(op), args, kwargs, torch.testing.assert_close)
        composite_compliance.check_backward_formula(ours(op), args, kwargs, assert_equal_fn=torch.testing.assert_close)


def lazy(arguments):
    """The same arguments as copy-on-write tensors that nobody has written to."""
    return tree_map(lambda x: torch._lazy_clone(x) if tensor(x) else x, arguments)


def shared(tensors):
    """Which of them still have no memory of their own."""
    return [torch._C._is_cow_tensor(x) for x in tensors]


@ops
def test_copy_on_write(op):
    """What torch's loss and its gradients only read, ours only read."""
    for arguments in samples(op, torch.float32):
        kept = []
        for loss in (op.op, ours(op)):
            *args, kwargs = lazy(copied(arguments))
            value = loss(*args, **kwargs)
            given = [x for x in tree_leaves((args, kwargs)) if tensor(x)]
            found = shared(given)
            if value.requires_grad:
                up = torch._lazy_clone(torch.ones_like(value))
                torch.autograd.grad(value, [x for x in given if x.requires_grad], up, allow_unused=True)
                found += shared([*given, up])
            kept.append(found)
        assert all(ours or not theirs for theirs, ours in zip(*kept, strict=True))
        assert any(kept[0])


@pytest.mark.draw(9)
@whole
def test_gradcheck(op):
    """Against differences, in batches and forwards, where torch's own passes; each layout of the arguments once."""
    seen = set()
    for *args, kwargs in samples(op):
        key = str([x.shape if tensor(x) else x for x in tree_leaves((args, kwargs))])
        leaves = [x for x in tree_leaves((args, kwargs)) if tensor(x) and x.requires_grad]
        if key in seen or sum(x.numel() for x in leaves) > 100:
            continue
        seen.add(key)

        def call(loss, *given, args=args, kwargs=kwargs, leaves=leaves):
            places = {id(x): y for x, y in zip(leaves, given, strict=True)}
            return loss(
                *tree_map(lambda x: places.get(id(x), x), args), **tree_map(lambda x: places.get(id(x), x), kwargs)
            )

        how = {"check_batched_grad": True, "check_forward_ad": op.supports_forward_ad, "raise_exception": False}
        if torch.autograd.gradcheck(lambda *x, call=call: call(op.op, *x), leaves, **how):
            assert torch.autograd.gradcheck(lambda *x, call=call: call(ours(op), *x), leaves, **how)
    assert seen


@pytest.mark.draw(3)
@pytest.mark.parametrize("info", MODULES, ids=lambda info: info.module_cls.__name__)
def test_modules(info):
    given = info.module_inputs_func(info, "cpu", torch.float64, requires_grad=True, training=True)
    for sample in given:
        made, forward = sample.constructor_input, sample.forward_input
        results = []
        for make in (getattr(losses, info.module_cls.__name__), info.module_cls):
            loss = make(*made.args, **made.kwargs)
            results.append(gradients(loss, (*forward.args, forward.kwargs)))
        (value, grads), (expected, expected_grads) = results
        torch.testing.assert_close(value, expected, equal_nan=True)
        torch.testing.assert_close(grads, expected_grads, equal_nan=True)
