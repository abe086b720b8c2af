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
MODULES = [info for info in module_db if info.module_cls.__name__ in losses.__all__]
PLAIN = [op for op in OPS if "linear" not in op.name]

ops = pytest.mark.parametrize("op", OPS, ids=lambda op: op.formatted_name)
plain = pytest.mark.parametrize("op", PLAIN, ids=lambda op: op.formatted_name)


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


def samples(op, dtype=torch.float64):
    found = [(s.input, *s.args, s.kwargs) for s in op.sample_inputs("cpu", dtype, requires_grad=True)]
    assert found
    return found


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


def assert_at_least_as_close(found, expected, exact):
    """As far from the exact result as torch's, or by a rounding of its largest number."""
    if found is None or exact is None:
        assert found is expected is exact is None
    elif found.numel():
        rounding = torch.finfo(found.dtype).eps * exact.abs().max()
        assert (found - exact).abs().max() <= max((expected - exact).abs().max(), rounding)


def strides(x):
    """The strides that matter: those of dimensions with more than one element."""
    return None if x is None else [stride for stride, size in zip(x.stride(), x.shape, strict=True) if size > 1]


@ops
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_values_and_gradients(op, dtype):
    for arguments in samples(op, dtype):
        found, theirs = gradients(ours(op), arguments), gradients(op.op, arguments)
        torch.testing.assert_close(found, theirs, equal_nan=True)
        assert [*map(strides, found[1])] == [*map(strides, theirs[1])]


@plain
def test_bfloat16(op):
    for arguments in samples(op, torch.bfloat16):
        wide = tree_map(lambda x: x.double() if tensor(x) and x.is_floating_point() else x, arguments)
        results = [gradients(*of) for of in ((ours(op), arguments), (op.op, arguments), (op.op, wide))]
        for found, expected, exact in zip(*map(tree_leaves, results), strict=True):
            assert_at_least_as_close(found, expected, exact)


@pytest.mark.parametrize("op", [op for op in OPS if op.error_inputs_func], ids=lambda op: op.formatted_name)
def test_errors(op):
    for case in op.error_inputs("cpu"):
        *args, kwargs = (case.sample_input.input, *case.sample_input.args, case.sample_input.kwargs)
        for loss in (op.op, ours(op)):
            with pytest.raises(case.error_type):
                loss(*args, **kwargs)


@plain
def test_composite_compliance(op):
    """Ours is made of torch's operations where an argument is a subclass that follows them."""
    for *args, kwargs in samples(op):
        composite_compliance.check_with_mode(ours(op), args, kwargs, torch.testing.assert_close)
        composite_compliance.check_all_permutations(ours(op), args, kwargs, torch.testing.assert_close)
        composite_compliance.check_backward_formula(ours(op), args, kwargs, assert_equal_fn=torch.testing.assert_close)


@plain
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
