"""Who sees torch's functions by its own protocol sees the losses: modes, subclasses and tracers of symbols."""

import jaxtyping
import pytest
import torch
from torch.overrides import TorchFunctionMode

from byhand import losses

X, Y, T = torch.randn(4, 5), torch.tensor([0, 4, 2, 1]), torch.rand(4, 5).softmax(-1)
CALLS = {
    "cross_entropy": (X, Y),
    "kl_divergence": (T, T.flip(1)),
    "entropy": (T,),
    "kl_div": (X, T),
    "binary_cross_entropy_with_logits": (X, T),
    "linear_cross_entropy": (X, torch.randn(7, 5), Y),
}
OPTIONS = {"kl_div": {"reduction": "batchmean"}}
every = pytest.mark.parametrize("name", CALLS)


class Seen(TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


class Named(torch.Tensor):
    """It tells which functions it met."""

    met = []  # noqa: RUF012 (of the class)

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.met.append(func.__name__)
        return super().__torch_function__(func, types, args, kwargs)


@every
def test_a_mode_and_a_subclass_see_one_call(name):
    loss_of, args, options = getattr(losses, name), CALLS[name], OPTIONS.get(name, {})
    expected = loss_of(*args, **options)
    for _ in range(2):
        with Seen() as seen:
            found = loss_of(*args, **options)
        assert seen.names == [name]
        assert torch.equal(found, expected)
    Named.met.clear()
    found = loss_of(args[0].as_subclass(Named), *args[1:], **options)
    assert isinstance(found, Named)
    assert name in Named.met
    torch.testing.assert_close(found.as_subclass(torch.Tensor), expected)


@every
def test_under_a_default_device_it_is_what_it_is(name):
    loss_of, args, options = getattr(losses, name), CALLS[name], OPTIONS.get(name, {})
    with torch.device("cpu"):
        torch.testing.assert_close(loss_of(*args, **options), loss_of(*args, **options))


@every
def test_symbols_are_traced(name, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # a symbol is no tensor
    loss_of, args, options = getattr(losses, name), CALLS[name], OPTIONS.get(name, {})

    class Model(torch.nn.Module):
        def forward(self, x):
            return loss_of(x * 1, *args[1:], **options)

    traced = torch.fx.symbolic_trace(Model())
    assert [node.target.__name__ for node in traced.graph.nodes if node.op == "call_function"] == ["mul", name]
    torch.testing.assert_close(traced(args[0]), loss_of(*args, **options))
