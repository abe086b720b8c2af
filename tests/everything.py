"""Uses each public function and class once, without the libraries that byhand does not need.

``test_public.py`` runs it from the source, ``package.py`` on what a user installs.
"""

import importlib
import sys
import warnings

import torch

import byhand

NEEDLESS = {"jaxtyping", "matplotlib", "pandas", "polars", "scipy", "sklearn"}
X, Y, T = torch.linspace(-1, 1, 20).view(5, 4), torch.tensor([0, 3, 1, 2, 0]), torch.full((5, 4), 0.25)
BINARY, SCORES = torch.tensor([0, 1, 1, 0, 1]), torch.tensor([0.1, 0.4, 0.35, 0.8, 0.9])


def train(make, **options):
    """Three steps of a layer."""
    layer = torch.nn.Linear(4, 4)
    optimizer = make(layer.parameters(), lr=0.1, **options)
    before = layer.weight.detach().clone()
    for _ in range(3):
        optimizer.zero_grad()
        byhand.losses.cross_entropy(layer(X), Y).backward()
        optimizer.step()
    assert layer.weight.isfinite().all()
    assert not torch.equal(layer.weight, before)


def warned(warning):
    """One class alone has no AUC, which is told by a warning of this class."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        byhand.metrics.roc_auc_score([1, 1], [0.1, 0.2])
    assert issubclass(caught[0].category, warning)


def module(make, *arguments):
    """A loss that is a module, with its gradient."""
    x = arguments[0].clone().requires_grad_()
    make()(x, *arguments[1:]).backward()
    assert x.grad.isfinite().all()


def evaluate(make):
    """A state of two batches, with all that follows from it."""
    state = make()
    state.update(BINARY, SCORES)
    state.update(BINARY[:2], SCORES[1:3])
    assert state.compute() == byhand.metrics.roc_auc_score([*BINARY, 0, 1], [*SCORES, *SCORES[1:3]])
    assert state.delong().standard_error > 0


CALLS = {
    "losses.BCEWithLogitsLoss": lambda f: module(f, X, T),
    "losses.CrossEntropyLoss": lambda f: module(f, X, Y),
    "losses.KLDivLoss": lambda f: module(lambda: f(reduction="batchmean"), X.log_softmax(-1), T),
    "losses.binary_cross_entropy_with_logits": lambda f: f(X, T),
    "losses.cross_entropy": lambda f: f(X, Y, label_smoothing=0.1),
    "losses.entropy": lambda f: f(T),
    "losses.kl_div": lambda f: f(X.log_softmax(-1), T, reduction="batchmean"),
    "losses.kl_divergence": lambda f: f(T, X, given="logits"),
    "losses.linear_cross_entropy": lambda f: f(X, torch.eye(4), Y),
    "metrics.RocAuc": evaluate,
    "metrics.UndefinedMetricWarning": warned,
    "metrics.auc": lambda f: f([0.0, 0.5, 1.0], [0.0, 0.75, 1.0]),
    "metrics.average_precision_score": lambda f: f(BINARY, SCORES),
    "metrics.calibration_error": lambda f: f(BINARY, SCORES),
    "metrics.delong_interval": lambda f: f(BINARY, SCORES),
    "metrics.delong_test": lambda f: f(BINARY, SCORES, -SCORES),
    "metrics.group_roc_auc_score": lambda f: f(BINARY, SCORES, [1, 1, 2, 2, 1]),
    "metrics.roc_auc_score": lambda f: f(BINARY, SCORES),
    "metrics.roc_curve": lambda f: f(BINARY, SCORES),
    "optim.SGD": lambda f: (train(f), train(f, momentum=0.9, nesterov=True)),
    "optim.Adam": lambda f: (train(f), train(f, amsgrad=True)),
    "optim.AdamW": lambda f: (train(f), train(f, moments="bfloat16")),
}

if __name__ == "__main__":
    public = {}
    for room in ("losses", "metrics", "optim"):
        module_of = importlib.import_module(f"byhand.{room}")
        public |= {f"{room}.{name}": getattr(module_of, name) for name in module_of.__all__}
    assert public.keys() == CALLS.keys()
    assert not NEEDLESS & sys.modules.keys()
    sys.modules |= dict.fromkeys(NEEDLESS)  # as if they were not installed
    for name, call in CALLS.items():
        result = call(public[name])
        assert not isinstance(result, torch.Tensor) or result.isfinite().all(), name
    with byhand.backend("numba"):
        byhand.losses.cross_entropy(X, Y)
    print(f"byhand {byhand.__version__}, torch {torch.__version__}: {len(CALLS)} names work")
