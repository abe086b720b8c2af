"""What cross-entropy refuses, warns of, is as a module, and hands to a kernel."""

import copy
import pickle

import pytest
import torch
import torch.nn.functional as F

from byhand import backend, kernels, losses

DOUBLE, SINGLE, HALVES = torch.float64, torch.float32, (torch.bfloat16, torch.float16)
inf, nan = float("inf"), float("nan")
SHAPES = [(5,), (4, 5), (1, 1), (3, 5, 2), (2, 5, 2, 3), (2, 3, 1, 2, 2)]
REDUCTIONS = ["none", "mean", "sum"]


# ---- bad input

X, Y, P = torch.zeros(4, 3), torch.tensor([0, 1, 2, 0]), torch.full((4, 3), 1 / 3)
IMAGE, LABELS = torch.zeros(2, 3, 4, 5), torch.zeros(2, 4, 5, dtype=torch.int64)

BAD = [
    ("input", ([1.0], Y), {}),
    ("input", (None, Y), {}),
    ("target", (X, [0, 1, 2, 0]), {}),
    ("target", (X[0], 1), {}),
    ("weight", (X, Y, [1.0, 1.0, 1.0]), {}),
    ("weight", (X, P, 1.0), {}),
    ("input", (X.long(), Y), {}),
    ("input", (X.bool(), Y), {}),
    ("input", (X.long(), P), {}),
    ("input", (X.to(torch.complex64), Y), {}),
    ("target", (X, P.long()), {}),
    ("target", (X, P.bool()), {}),
    ("target", (X, P.to(torch.complex64)), {}),
    *(("target", (X, Y.to(d)), {}) for d in (torch.int8, torch.int16, torch.int32, torch.bool, SINGLE, torch.uint16)),
    ("target", (X[0], Y[0].int()), {}),
    ("target", (IMAGE, LABELS.int()), {}),
    ("target", (X, Y[:3]), {}),
    ("target", (X, Y[0]), {}),
    ("target", (X, Y[:, None]), {}),
    ("target", (X, P[:, :2]), {}),
    ("target", (X, Y.reshape(2, 2)), {}),
    ("target", (X[0], Y[:2]), {}),
    ("target", (X[0], Y[:1, None]), {}),
    ("target", (X[0, :1], Y[:1]), {}),
    ("target", (IMAGE, LABELS[:, :3]), {}),
    ("target", (IMAGE, LABELS[:1]), {}),
    ("target", (IMAGE, LABELS[0]), {}),
    ("target", (IMAGE[:, :, 0], LABELS[:, 0, :2]), {}),
    ("target", (IMAGE[..., None], LABELS), {}),
    ("input", (Y, X), {}),
    ("input", (Y[0], X[0]), {}),
    ("input", (LABELS, IMAGE), {}),
    ("input", (X.long(), Y[:3]), {}),
    ("input", (X[0, 0], P[0, 0]), {}),
    ("input", (X[0, 0], Y[:1]), {}),
    ("weight", (X, Y, torch.ones(2)), {}),
    ("weight", (X, Y, torch.ones(3, 1)), {}),
    ("weight", (X, Y, torch.ones(())), {}),
    ("weight", (X, P, torch.ones(4)), {}),
    ("weight", (X[0], Y[0], torch.ones(4)), {}),
    ("weight", (IMAGE, LABELS, torch.ones(4)), {}),
    ("weight", (X, Y, torch.ones(3, dtype=DOUBLE)), {}),
    ("weight", (X, Y, torch.ones(3, dtype=torch.int64)), {}),
    ("weight", (IMAGE, LABELS, torch.ones(3, dtype=torch.float16)), {"label_smoothing": 0.1}),
    ("label_smoothing", (X, Y), {"label_smoothing": 1.1}),
    ("label_smoothing", (X, P), {"label_smoothing": 1.1}),
    ("label_smoothing", (X, Y), {"label_smoothing": "0.1"}),
    ("label_smoothing", (X, Y), {"label_smoothing": None}),
    ("ignore_index", (X, P), {"ignore_index": 0}),
    ("ignore_index", (X, Y), {"ignore_index": 1.0}),
    ("ignore_index", (X, Y), {"ignore_index": None}),
    ("ignore_index", (X, Y), {"ignore_index": True}),
    ("reduction", (X, Y), {"reduction": "batchmean"}),
    ("reduction", (X, Y), {"reduction": "Mean"}),
    ("target", (X, torch.tensor([0, 1, 2, 3])), {}),
    ("target", (X, torch.tensor([0, 1, 2, -1])), {}),
    ("target", (X, torch.tensor([0, 1, 2, 300])), {"label_smoothing": 0.1}),
    ("target", (X[0], torch.tensor(3)), {"weight": torch.ones(3)}),
    ("target", (IMAGE, LABELS + 3), {}),
    ("target", (X[:, :0], Y), {}),
    ("target", (X, Y.to("meta")), {}),
]


@pytest.mark.parametrize(("argument", "args", "kwargs"), BAD)
def test_bad_input_as_in_torch(argument, args, kwargs, both_refuse):
    both_refuse(losses.cross_entropy, F.cross_entropy, argument, *args, **kwargs)


@pytest.mark.parametrize(
    ("argument", "options", "error"),
    [
        ("z_loss", {"z_loss": -0.1}, ValueError),
        ("z_loss", {"z_loss": inf}, ValueError),
        ("z_loss", {"z_loss": nan}, ValueError),
        ("z_loss", {"z_loss": "1e-4"}, TypeError),
        ("label_smoothing", {"label_smoothing": -0.1}, RuntimeError),
        ("label_smoothing", {"label_smoothing": nan}, RuntimeError),
    ],
)
def test_bad_input_that_torch_does_not_know(argument, options, error, refuses):
    refuses(losses.cross_entropy, error, argument, X, Y, **options)


def test_the_sentence():
    with pytest.raises(ValueError) as error:  # noqa: PT011
        losses.cross_entropy(X, Y[:3])
    assert str(error.value) == (
        "`target` of `cross_entropy` must be classes of shape (4,) or class probabilities of shape (4, 3), "
        "got shape (3,)."
    )
    with pytest.raises(NotImplementedError) as error:
        losses.cross_entropy(Y, X)
    assert str(error.value) == (
        "`input` of `cross_entropy` must be the floating logits and `target` the classes, "
        "got torch.int64 and torch.float32."
    )
    with pytest.raises(IndexError) as error:
        losses.cross_entropy(X, Y + 2)
    assert str(error.value) == "`target` of `cross_entropy` must be `ignore_index` or a class in [0, 3), got 3."


@pytest.mark.parametrize(
    "deprecated",
    [
        {"size_average": True},
        {"size_average": False},
        {"reduce": False},
        {"reduce": True, "size_average": False, "reduction": "no such"},
        {"reduction": "elementwise_mean"},
    ],
    ids=str,
)
def test_deprecated_arguments_warn_and_work_as_in_torch(deprecated, close, some):
    x = some.input((4, 3))
    with pytest.warns(UserWarning, match="deprecated"):
        ours = losses.cross_entropy(x, Y, **deprecated)
    with pytest.warns(UserWarning, match="deprecated"):
        theirs = F.cross_entropy(x, Y, **deprecated)
    close(ours, theirs, n=12)


# ---- the module


def test_the_module_is_torchs_in_all_but_the_loss(close, some):
    x, y, w = some.input((4, 3)), Y, some.weight((4, 3))
    ours = losses.CrossEntropyLoss(w, ignore_index=1, reduction="sum", label_smoothing=0.1)
    theirs = torch.nn.CrossEntropyLoss(w, ignore_index=1, reduction="sum", label_smoothing=0.1)
    assert isinstance(ours, torch.nn.CrossEntropyLoss)
    assert repr(ours) == repr(theirs)
    assert ours.state_dict().keys() == theirs.state_dict().keys() == {"weight"}
    close(ours(x, y), theirs(x, y), n=12)
    ours.load_state_dict({"weight": w + 1})
    theirs.load_state_dict({"weight": w + 1})
    close(ours.float()(x.float(), y), theirs.float()(x.float(), y), n=12)
    for twin in (copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        assert torch.equal(twin(x.float(), y), ours(x.float(), y))


def test_the_module_takes_z_loss(some):
    x = some.input((4, 3))
    assert torch.equal(losses.CrossEntropyLoss(z_loss=0.1)(x, Y), losses.cross_entropy(x, Y, z_loss=0.1))


def test_the_module_warns_of_deprecated_arguments():
    with pytest.warns(UserWarning, match="reduction='sum'"):
        assert losses.CrossEntropyLoss(size_average=False).reduction == "sum"


# ---- the choice between kernel and formula


def test_a_kernel_gets_checked_arguments_with_the_classes_last(monkeypatch):
    seen = []

    def kernel(formula, input, target, *rest):
        seen.append((input.shape, target.shape, target.dtype, rest))
        return torch.tensor(0.1 + 0.2)

    monkeypatch.setattr(kernels, "pick", lambda name, *tensors: kernel if name == "cross_entropy" else None)
    image, labels, w = torch.zeros(2, 3, 4, 5), torch.zeros(2, 4, 5, dtype=torch.uint8), torch.ones(3)
    assert losses.cross_entropy(image.half(), labels, w.half(), label_smoothing=1.0).dtype == torch.float16
    losses.cross_entropy(image, image, w, reduction="sum", z_loss=1e-4)
    losses.cross_entropy(image[0, :, 0, 0], labels[0, :1, 0], ignore_index=2)
    (first, second, third) = seen
    assert first[:3] == ((2, 4, 5, 3), (2, 4, 5), torch.int64)
    assert first[3][1:] == (-100, "mean", 1.0, 0.0)
    assert second[:3] == ((2, 4, 5, 3), (2, 4, 5, 3), SINGLE)
    assert second[3][1:] == (-100, "sum", 0.0, 1e-4)
    assert third == ((3,), (), torch.int64, (None, 2, "mean", 0.0, 0.0))


def test_the_formula_can_be_asked_for(close, some):
    x = some.input((4, 3))
    with backend("formula"):
        close(losses.cross_entropy(x, Y), F.cross_entropy(x, Y), n=12)
