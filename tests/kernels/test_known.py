"""A plain call that was made before goes straight to the kernel; and does not, where anything is otherwise."""

import inspect
import sys

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd import forward_ad
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from byhand import backend, losses
from byhand.kernels.numba import cross_entropy as kernel
from byhand.kernels.numba.runtime.memory import STORED
from byhand.losses.cross_entropy import _known

PLAIN = ("mean", -100, 0.0, 0.0)


def data(rows=6, classes=5, dtype=torch.float32, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, classes, generator=generator, dtype=dtype, requires_grad=True)
    return x, torch.randint(classes, (rows,), generator=generator)


@pytest.fixture(autouse=True)
def known():
    """What :func:`data` gives has been seen, with and without a gradient."""
    _known._calls.clear()
    x, y = data()
    with backend("auto"):
        for z in (x, x.detach()):
            losses.cross_entropy(z, y)
            assert _known.kernel(PLAIN, z, y) is not None
        yield


@pytest.mark.parametrize("classes", [1, 2, 5, 64, 65, 300])
@pytest.mark.parametrize("rows", [1, 15, 16, 17, 100, 129])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_again_is_as_before(rows, classes, dtype):
    for seed in range(3):
        x, y = data(rows, classes, dtype, seed)
        y[: rows // 3] = -100
        assert (_known.kernel(PLAIN, x, y) is not None) == (seed > 0)
        loss = losses.cross_entropy(x, y)
        loss.backward()
        z = x.detach().double().requires_grad_()
        expected = F.cross_entropy(z, y)
        expected.backward()
        tolerance = 1e-6 if dtype is torch.float32 else 1e-14
        torch.testing.assert_close(loss.double(), expected, rtol=tolerance, atol=tolerance)
        torch.testing.assert_close(x.grad.double(), z.grad, rtol=10 * tolerance, atol=tolerance / rows)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("dtype", STORED, ids=str)
def test_few_logits_and_many_have_the_same_loss(dtype, reduction, monkeypatch):
    """Those that one call takes whole, and those that threads may share."""
    for rows, classes in ((1, 1), (3, 7), (17, 64), (129, 10), (33, 65), (5, 2049), (200, 3)):
        x, y = data(rows, classes, dtype)
        y[rows // 2] = -100 if rows > 1 else 0
        found = []
        for small in (1 << 15, 0):
            monkeypatch.setattr(kernel, "SMALL", small)
            loss = losses.cross_entropy(x, y, reduction=reduction)
            found.append((loss, *torch.autograd.grad(loss, x)))
        torch.testing.assert_close(found[0][0], found[1][0], rtol=1e-6 if dtype.itemsize < 8 else 1e-15, atol=0)
        assert torch.equal(found[0][1], found[1][1]), (rows, classes)


CALLS = [{"reduction": "none"}, {"label_smoothing": 0.1}, {"z_loss": 1e-2}, {"weight": True}, {"soft": True}]
CALLS += [{"soft": True, "weight": True, "label_smoothing": 0.2, "reduction": "sum"}, {"ignore_index": 1}, {}]


@pytest.mark.draw(8)
@pytest.mark.parametrize("options", CALLS, ids=str)
@pytest.mark.parametrize("shape", [(5,), (1, 3), (33, 10), (300, 64), (7, 65)], ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_options_are_known_too(options, shape, dtype):
    """Each call is its own, and a second one is as the first: values, gradients, and those of another upstream."""
    rest = dict(options)
    soft, weighted = rest.pop("soft", False), rest.pop("weight", False)
    rows = shape[:-1]
    for seed in range(2):
        generator = torch.Generator().manual_seed(seed)
        x = torch.randn(shape, generator=generator).to(dtype).requires_grad_()
        t = torch.rand(shape, generator=generator).to(dtype) if soft else torch.randint(shape[-1], rows)
        weight = torch.rand(shape[-1], generator=generator).to(dtype) if weighted else None
        z = x.detach().double().requires_grad_()
        exact_t, exact_weight = t.double() if soft else t, None if weight is None else weight.double()
        with backend("formula"):
            expected = losses.cross_entropy(z, exact_t, exact_weight, **rest)
        for _ in range(2):
            loss = losses.cross_entropy(x, t, weight, **rest)
            up = torch.linspace(0.5, 1.5, loss.numel()).view(loss.shape)
            (grad,) = torch.autograd.grad(loss, x, up.to(loss.dtype))
            (exact,) = torch.autograd.grad(expected, z, up.to(loss.dtype).double(), retain_graph=True)
            tolerance = 1e-14 if dtype is torch.float64 else 2e-6 if dtype is torch.float32 else 1e-2
            torch.testing.assert_close(loss.double(), expected.detach(), rtol=tolerance, atol=tolerance)
            torch.testing.assert_close(grad.double(), exact, rtol=10 * tolerance, atol=tolerance)


def test_targets_that_need_a_gradient_are_never_known():
    """Whether a kernel takes them depends on the mode of autograd."""
    x, t = torch.randn(4, 3, requires_grad=True), torch.rand(4, 3, requires_grad=True)
    for loss_of in (losses.cross_entropy, losses.binary_cross_entropy_with_logits):
        with torch.no_grad():
            loss_of(x, t)
        assert all(g is not None for g in torch.autograd.grad(loss_of(x, t), (x, t)))


@pytest.mark.parametrize("which", ["input", "target", "weight"])
def test_memory_that_is_freed_after_a_call_is_not_read(which):
    def given():
        return {"input": torch.randn(4, 3) * 1, "target": torch.rand(4, 3), "weight": torch.rand(3)}

    for loss_of in (losses.cross_entropy, losses.binary_cross_entropy_with_logits):
        loss_of(**given())
        tensors = given()
        tensors[which].untyped_storage().resize_(0)
        if which != "weight" and loss_of is losses.binary_cross_entropy_with_logits:
            loss_of(*list(given().values())[:2])
            del tensors["weight"]
        with pytest.raises(RuntimeError, match=f"`{which}` of .* must be allocated"):
            loss_of(**tensors)


def test_rows_that_are_ignored_stay_0_whatever_comes_back():
    x, y = data()
    y[2] = -100
    loss = losses.cross_entropy(x, y, reduction="none")
    up = torch.ones(6)
    up[2] = torch.inf
    (grad,) = torch.autograd.grad(loss, x, up)
    assert not grad[2].any()
    assert grad.isfinite().all()


def test_wrong_classes_and_none_at_all():
    x, y = data()
    for wrong in (5, -1, 2**40, -(2**63)):
        y[3] = wrong
        assert _known.kernel(PLAIN, x, y) is not None
        with pytest.raises(IndexError, match=rf"`target` of `cross_entropy` must be .* \[0, 5\), got {wrong}"):
            losses.cross_entropy(x, y)
    y[:] = -100
    loss = losses.cross_entropy(x, y)
    loss.backward()
    assert loss.isnan()
    assert (x.grad == 0).all()


def test_gradients_of_gradients_and_upstream():
    x, y = data()
    loss = losses.cross_entropy(x, y)
    (first,) = torch.autograd.grad(loss, x, create_graph=True)
    (second,) = torch.autograd.grad(first.square().sum(), x)
    z = x.detach().requires_grad_()
    (their,) = torch.autograd.grad(F.cross_entropy(z, y), z, create_graph=True)
    torch.testing.assert_close(first, their)
    torch.testing.assert_close(second, torch.autograd.grad(their.square().sum(), z)[0])
    (tripled,) = torch.autograd.grad(3 * losses.cross_entropy(x, y), x)
    torch.testing.assert_close(tripled, 3 * their)


class Own(torch.Tensor):
    pass


def test_what_is_otherwise_is_looked_at():
    x, y = data()
    transposed = torch.randn(5, 6).t()
    others = [(x.double(), y), (x.half(), y), (x, y.to(torch.uint8)), (transposed, y), (x[:, :4], y), (x[:5], y[:5])]
    others += [(x.detach().as_subclass(Own), y), (x.to("meta"), y.to("meta")), (x, y.float()), (x, [1]), ([1], y)]
    others += [(x, torch.stack([y, y], 1)[:, 0])]
    for a, b in others:
        assert _known.kernel(PLAIN, a, b) is None


def test_another_backend_is_asked():
    x, y = data()
    for name in ("formula", "numba"):
        with backend(name):
            assert _known.kernel(PLAIN, x, y) is None


class Count(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated")  # by torch.func.jvp
def test_modes_and_transforms_are_seen():
    x, y = data()
    plain = losses.cross_entropy(x, y).detach()
    seen = []

    def loss(x):
        seen.append(_known.kernel(PLAIN, x, y))
        return losses.cross_entropy(x, y)

    torch.testing.assert_close(torch.func.grad(loss)(x.detach()), torch.autograd.grad(F.cross_entropy(x, y), x)[0])
    torch.testing.assert_close(torch.func.vmap(loss)(x.detach()[None])[0], plain)
    _, ours = torch.func.jvp(loss, (x.detach(),), (torch.ones_like(x),))
    _, theirs = torch.func.jvp(lambda x: F.cross_entropy(x, y), (x.detach(),), (torch.ones_like(x),))
    torch.testing.assert_close(ours, theirs)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x.detach(), torch.ones_like(x))
        torch.testing.assert_close(forward_ad.unpack_dual(loss(dual)).tangent, theirs)
    with Count() as mode:
        loss(x)
    assert mode.names
    with torch.inference_mode():
        torch.testing.assert_close(loss(x.detach().clone()), plain)
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(loss(x).detach(), plain)
    assert seen == [None] * len(seen)


class Lifted(TorchDispatchMode):
    """What NumPy's arrays become is not where they are."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        return result.clone() if func is torch.ops.aten.lift_fresh.default else result


@pytest.mark.parametrize("rows", [6, 20_000])
def test_who_traces_or_replaces_operations_sees_them(rows):
    x, y = data(rows)
    expected = F.cross_entropy(x, y)
    losses.cross_entropy(x, y)
    with Lifted():
        torch.testing.assert_close(losses.cross_entropy(x, y), expected)
    for mode in ("real", "symbolic"):
        graph = make_fx(lambda a, b: losses.cross_entropy(a, b), tracing_mode=mode)(x, y)
        torch.testing.assert_close(graph(2 * x, y), F.cross_entropy(2 * x, y))
    with FakeTensorMode(allow_non_fake_inputs=True):
        assert losses.cross_entropy(x.detach(), y).shape == ()
    with FakeTensorMode(), pytest.raises(Exception, match="FakeTensor"):
        losses.cross_entropy(x.detach(), y)


def test_a_device_that_is_the_default_for_new_tensors_is_not_that_of_the_loss():
    x, y = data()
    with torch.device("meta"):
        loss = losses.cross_entropy(x, y)
    assert loss.device.type == "cpu"
    assert torch.isfinite(loss)


def test_shapes_that_never_come_back_are_forgotten():
    for rows in range(1, 200):
        losses.cross_entropy(*data(rows))
    assert len(_known._calls) <= 64


def few(name):
    """Arguments of a small call of a loss, which is its own, and where its checks are."""
    x, p, weight = torch.randn(4, 3, requires_grad=True), torch.rand(4, 3).softmax(-1), torch.rand(3)
    layer = torch.nn.Linear(3, 5)
    calls = {
        "cross_entropy": lambda: losses.cross_entropy(x.mT, torch.tensor([0, 3, 1]), torch.rand(4), reduction="none"),
        "probabilities": lambda: losses.cross_entropy(x, p.clone().requires_grad_()),
        "binary": lambda: losses.binary_cross_entropy_with_logits(x, p, weight),
        "binary, pos_weight": lambda: losses.binary_cross_entropy_with_logits(x, p, pos_weight=weight),
        "kl_divergence": lambda: losses.kl_divergence(p, x, given="logits", temperature=2.0),
        "kl_div": lambda: losses.kl_div(x, p, reduction="batchmean"),
        "kl_div, terms": lambda: losses.kl_div(x, p, reduction="none", log_target=True),
        "linear": lambda: losses.linear_cross_entropy(
            p, layer.weight, torch.tensor([0, 4, 2, 2]), linear_bias=layer.bias
        ),
    }
    modules = {"binary": "_binary", "kl_di": "kl_divergence", "linear": "_linear"}
    module = next((of for start, of in modules.items() if name.startswith(start)), "cross_entropy")
    return calls[name], sys.modules[f"byhand.losses.{module}"]


LOSSES = ["cross_entropy", "probabilities", "binary", "binary, pos_weight", "kl_divergence", "kl_div", "kl_div, terms"]
LOSSES += ["linear"]


@pytest.mark.parametrize("name", LOSSES)
def test_a_second_call_of_each_loss_is_not_checked_again(name, monkeypatch):
    call, module = few(name)
    first = call().detach()
    with monkeypatch.context() as patch:
        patch.setattr(module, "check_tensors", lambda *_: pytest.fail("it is checked again"))
        if name == "linear":
            patch.setattr(sys.modules["byhand.losses.cross_entropy"], "check_tensors", module.check_tensors)
        again = call()
    assert again.shape == first.shape
    if name not in ("cross_entropy",):  # its weights are drawn anew
        assert torch.equal(again, first)
    with backend("formula"):
        torch.testing.assert_close(call().shape, first.shape)
    with Count() as mode:  # who sees torch's operations sees them all
        call()
    assert len(mode.names) > 3


def test_16_bits_are_cast_under_autocast_also_after_a_call_without():
    x, t = torch.randn(4, 3).bfloat16(), torch.rand(4, 3).bfloat16()
    calls = [
        lambda: losses.binary_cross_entropy_with_logits(x, t),
        lambda: losses.kl_div(x, t, reduction="none"),
        lambda: losses.kl_div(x, t, reduction="sum"),
    ]
    for call in calls:
        assert call().dtype is torch.bfloat16
        with torch.autocast("cpu", torch.bfloat16):
            assert call().dtype is torch.float32


def test_arguments_that_equal_known_ones_are_of_their_own_types():
    x, weight, y = torch.randn(4, 3), torch.randn(5, 3), torch.tensor([0, 4, 2, 2])
    losses.linear_cross_entropy(x, weight, y, ignore_index=1)
    with pytest.raises(TypeError, match="`ignore_index`"):
        losses.linear_cross_entropy(x, weight, y, ignore_index=True)
    losses.kl_div(x, x, reduction="sum", log_target=True)
    with pytest.raises(TypeError, match="`log_target`"):
        inspect.unwrap(losses.kl_div)(x, x, reduction="sum", log_target=1)  # without the type checker of the tests


@pytest.mark.parametrize("which", range(2))
def test_memory_of_kl_divergence_and_of_a_linear_layer_that_is_freed_after_a_call_is_not_read(which):
    calls = [
        (losses.kl_div, lambda: [torch.randn(4, 3), torch.rand(4, 3)], {"reduction": "sum"}),
        (losses.kl_divergence, lambda: [torch.rand(4, 3), torch.rand(4, 3)], {}),
        (losses.linear_cross_entropy, lambda: [torch.randn(4, 3), torch.randn(5, 3), torch.tensor([0, 4, 2, 2])], {}),
    ]
    for loss_of, make, options in calls:
        loss_of(*make(), **options)
        tensors = make()
        tensors[which].untyped_storage().resize_(0)
        with pytest.raises(RuntimeError, match="must be allocated"):
            loss_of(*tensors, **options)


def test_upstream_gradients_of_few_rows_are_multiplied_in_one_call():
    for shape in [(4, 3), (3,)]:
        x = torch.randn(shape, requires_grad=True)
        y = torch.randint(3, shape[:-1])
        for up in (
            torch.linspace(0.5, 2, 8)[::2][: len(y) if y.ndim else 1].view(y.shape),
            torch.tensor(3.0).expand(y.shape),
        ):
            found = [of.cross_entropy(x, y, reduction="none") for of in (losses, F)]
            ours, theirs = (torch.autograd.grad(loss, x, up, retain_graph=True)[0] for loss in found)
            torch.testing.assert_close(ours, theirs)
            torch.testing.assert_close(torch.autograd.grad(found[0], x, up)[0], theirs)  # asked for again
