"""Tensors that are not dense: torch's numbers and gradients where torch has some, else a refusal in one sentence."""

import pytest
import torch
import torch.nn.functional as F

from byhand import losses

OFFSETS = torch.tensor([0, 2, 5])
SENTENCE = r"`{}` of `{}` must be dense.*, got (layout torch\.\w+|a nested tensor)\."
X, P, Y, W = torch.randn(5, 4), torch.rand(5, 4).softmax(-1), torch.tensor([0, 3, 1, 1, 2]), torch.rand(4)

NOT_DENSE = {
    "jagged": lambda x: torch.nested.nested_tensor_from_jagged(x, OFFSETS),
    "nested": lambda x: torch.nested.nested_tensor([x[:2], x[2:]]),
    "COO": lambda x: x.to_sparse(),
    "CSR": lambda x: x.to_sparse_csr(),
    "MKL-DNN": lambda x: x.to_mkldnn(),
}
CALLS = {
    "cross_entropy": ({"input": X, "target": P}, {"reduction": "sum"}),
    "binary_cross_entropy_with_logits": ({"input": X, "target": P, "weight": P, "pos_weight": P}, {}),
    "kl_div": ({"input": X, "target": P}, {"reduction": "batchmean"}),
    "kl_divergence": ({"p": P, "q": P.flip(0)}, {"reduction": "none"}),
    "entropy": ({"p": P}, {}),
    "linear_cross_entropy": ({"input": X, "linear_weight": X[:3], "target": X[:, :3].softmax(-1)}, {}),
}
HAS_OPERATIONS = {("linear_cross_entropy", "input"), ("linear_cross_entropy", "linear_weight")}
quiet = pytest.mark.filterwarnings(
    "ignore:Sparse CSR tensor support is in beta", "ignore:The PyTorch API of nested", "ignore:reduction. 'mean'"
)


def jagged(x):
    return NOT_DENSE["jagged"](x)


@quiet
@pytest.mark.parametrize("kind", NOT_DENSE)
@pytest.mark.parametrize(("name", "argument"), [(name, x) for name, (given, _) in CALLS.items() for x in given])
def test_what_torch_has_no_operations_for_is_refused_in_one_sentence(name, argument, kind):
    if (name, argument) in HAS_OPERATIONS or (kind == "jagged" and name in ("kl_div", "kl_divergence", "entropy")):
        return
    given, options = CALLS[name]
    for _ in range(2):  # also after a call with dense tensors
        with pytest.raises(NotImplementedError, match=SENTENCE.format(argument, name)):
            getattr(losses, name)(**{**given, argument: NOT_DENSE[kind](given[argument])}, **options)
        getattr(losses, name)(**given, **options)


@quiet
@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean", "batchmean"])
@pytest.mark.parametrize("shape", ["jagged", (4,), (1, 4), ()], ids=str)
def test_kl_div_of_jagged_tensors(reduction, log_target, shape):
    """Beside jagged targets and dense ones that broadcast; gradients of both."""
    target = P if shape == "jagged" else torch.full(shape, 0.3)
    target, results = target.log() if log_target else target, []
    for module in (losses, F):
        x, t = (jagged(X).detach(), jagged(target) if shape == "jagged" else target.clone())
        loss = module.kl_div(x.requires_grad_(), t.requires_grad_(), reduction=reduction, log_target=log_target)
        assert loss.is_nested == (reduction == "none")
        loss = loss.values() if loss.is_nested else loss
        grads = torch.autograd.grad(loss.sum(), (x, t))
        results.append([loss, *(g.values() if g.is_nested else g for g in grads)])
    for a, b in zip(*results, strict=True):
        torch.testing.assert_close(a, b)


@quiet
def test_jagged_tensors_of_other_lengths_are_refused():
    other = torch.nested.nested_tensor_from_jagged(P, torch.tensor([0, 3, 5]))
    for target in (other, P):
        with pytest.raises(RuntimeError, match="`target` of `kl_div` must be of a shape that broadcasts"):
            losses.kl_div(jagged(X), target, reduction="sum")


@quiet
@pytest.mark.parametrize("given", ["logits", "probs", "log_probs", "weights"])
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_divergences_of_jagged_tensors_are_those_of_their_rows(given, temperature):
    make = {"logits": lambda x: x, "probs": lambda x: x.softmax(-1), "log_probs": lambda x: x.log_softmax(-1)}
    p, q = (make.get(given, torch.exp)(x) for x in (X, X.flip(0)))
    options = {"given": given, "temperature": temperature, "reduction": "none"}
    rows = losses.kl_divergence(jagged(p), jagged(q), **options)
    torch.testing.assert_close(rows.values(), losses.kl_divergence(p, q, **options))
    torch.testing.assert_close(losses.entropy(jagged(p), given=given).values(), losses.entropy(p, given=given))


@quiet
@pytest.mark.parametrize("argument", ["input", "linear_weight"])
@pytest.mark.parametrize("kind", ["COO", "CSR"])
def test_a_sparse_linear_layer_as_in_torch(argument, kind):
    if not hasattr(F, "linear_cross_entropy"):
        pytest.skip("before torch 2.13")
    given = {"input": X, "linear_weight": X[:3], argument: NOT_DENSE[kind](X if argument == "input" else X[:3])}
    ours, theirs = (module.linear_cross_entropy(**given, target=Y % 3) for module in (losses, F))
    torch.testing.assert_close(ours, theirs)
