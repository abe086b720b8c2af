"""What the tests of the losses compare with, and how closely."""

import inspect
import sys
import warnings
from types import SimpleNamespace

import pytest
import torch

from byhand import backend, kernels


@pytest.fixture(autouse=True, params=["formula", "auto", "torch"])
def computed_by(request, monkeypatch):
    """Every test runs with torch's operations, with the kernels, and where no engine but torch's loads."""
    if request.param == "torch":
        monkeypatch.setattr(kernels, "ENGINES", ("torch",))
        for module in ("_binary", "cross_entropy", "kl_divergence"):  # without the calls of other tests
            monkeypatch.setattr(sys.modules[f"byhand.losses.{module}"]._known, "_calls", {})
    with backend("formula" if request.param == "formula" else "auto"):
        yield request.param


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """So few numbers gain nothing from threads, and lose much where other work holds the cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _classes(shape):
    """The number of classes, and where they lie."""
    dim = min(1, len(shape) - 1)
    return shape[dim], dim


@pytest.fixture
def some():
    """Random arguments of cross-entropy, for an input of the given shape."""

    def input(shape, dtype=torch.float64):
        return (3 * torch.randn(shape, dtype=torch.float64)).to(dtype).requires_grad_()

    def classes(shape):
        return torch.randint(_classes(shape)[0], shape[:1] + shape[2:] if len(shape) > 1 else ())

    def probabilities(shape, dtype=torch.float64):
        return (3 * torch.randn(shape, dtype=torch.float64)).softmax(_classes(shape)[1]).to(dtype).requires_grad_()

    def weight(shape, dtype=torch.float64):
        return torch.linspace(0.5, 2, _classes(shape)[0], dtype=torch.float64).to(dtype)

    return SimpleNamespace(input=input, classes=classes, probabilities=probabilities, weight=weight)


@pytest.fixture
def rows_of():
    """Random rows as what they are given, and the probabilities they mean."""

    def make(given, shape, dtype=torch.float64, dim=-1):
        x = 2 * torch.randn(shape, dtype=torch.float64)
        rows = {
            "probs": x.softmax(dim),
            "log_probs": x.log_softmax(dim),
            "logits": x,
            "weights": 5 * x.softmax(dim),
        }[given].to(dtype)
        wide = rows.double()
        meant = {
            "probs": wide,
            "log_probs": wide.exp(),
            "logits": wide.softmax(dim),
            "weights": wide / wide.sum(dim, keepdim=True),
        }[given]
        return rows.clone().requires_grad_(), meant

    return make


@pytest.fixture
def close():
    """Both are of one dtype and shape and differ by ``n`` roundings at most, of the largest number for what cancels."""

    def check(ours, theirs, n):
        assert ours.dtype == theirs.dtype
        tolerance = n * torch.finfo(theirs.dtype).eps
        finite = theirs[theirs.isfinite()]
        largest = finite.abs().max().item() if finite.numel() else 0.0
        torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance * largest, equal_nan=True)

    return check


@pytest.fixture
def both_refuse():
    """Ours and torch's raise one class, and our sentence names the argument.

    Ours is called without the type checker of the tests, as it is in production.
    """

    def check(ours, theirs, argument, *args, **kwargs):
        bare = inspect.unwrap(ours)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(Exception) as expected:  # noqa: PT011 (which one, we ask)
                theirs(*args, **kwargs)
            with pytest.raises(Exception, match=f"^`{argument}` of `{bare.__name__}` must be .*, got ") as got:
                bare(*args, **kwargs)
        assert type(got.value) is type(expected.value)

    return check


@pytest.fixture
def refuses():
    """Ours raises this class, in our sentence about this argument."""

    def check(ours, error, argument, *args, **kwargs):
        bare = inspect.unwrap(ours)
        with pytest.raises(error, match=f"^`{argument}` of `{bare.__name__}` must be .*, got ") as got:
            bare(*args, **kwargs)
        assert type(got.value) is error

    return check


@pytest.fixture
def gradients():
    """The loss under an uneven upstream gradient, and the gradients to ``wanted``."""

    def compute(loss, *wanted):
        upstream = torch.linspace(0.5, 1.5, loss.numel(), dtype=torch.float64).reshape(loss.shape).to(loss.dtype)
        return torch.autograd.grad(loss, wanted, upstream)

    return compute
