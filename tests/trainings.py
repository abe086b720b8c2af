"""Small trainings inside other libraries, with the optimizers and losses of either side, for ``ecosystem.py``.

Models are made from configurations and data from random numbers: nothing is downloaded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

SAME = {"float32": 1e-4, "bfloat16": 8e-3}
"""How far outcomes may lie apart, by the dtype of matrix products: in bfloat16 one ulp of a number."""


@dataclass(frozen=True)
class Side:
    """The optimizers and losses of a library, and options for each optimizer."""

    optim: ModuleType
    functional: ModuleType
    modules: ModuleType
    options: dict[str, Any] = field(default_factory=dict)

    def make(self, name: str, params: Any, **options: Any) -> Any:
        """An optimizer."""
        return getattr(self.optim, name)(params, **options, **self.options)


@dataclass(frozen=True)
class Outcome:
    """What a training leaves: the losses and what else it logs, and the weights."""

    numbers: list[float]
    tensors: list[Any]


@dataclass(frozen=True)
class Case:
    """A training in a library, and the dtype of its products of matrices."""

    library: str
    what: str
    train: Callable[[Side], Outcome]

    @property
    def tolerance(self) -> float:
        """How far the outcomes of two correct optimizers may lie apart."""
        return SAME["bfloat16" if "bf16" in self.what else "float32"]


CASES: list[Case] = []


def cases(library: str, arguments: dict[str, tuple[Any, ...]]) -> Callable[[Any], Any]:
    """Add a case for each of ``arguments``: ``function(side, *arguments)``."""

    def add(function: Any) -> Any:
        for what, given in arguments.items():
            CASES.append(Case(library, what, lambda side, given=given: function(side, *given)))
        return function

    return add


def samples(n: int = 128, width: int = 16, classes: int = 4) -> tuple[Any, Any]:
    """Points and their classes, which a linear layer could learn."""
    import torch

    generator = torch.Generator().manual_seed(1)
    x = torch.randn(n, width, generator=generator)
    return x, (x @ torch.randn(width, classes, generator=generator)).argmax(-1)


def network(width: int = 16, classes: int = 4) -> Any:
    """Two layers."""
    from torch import nn

    return nn.Sequential(nn.Linear(width, 32), nn.Tanh(), nn.Linear(32, classes))


def language_model() -> Any:
    """A GPT-2 of two small layers, from its configuration."""
    from transformers import GPT2Config, GPT2LMHeadModel

    tokens = {"vocab_size": 64, "bos_token_id": 0, "eos_token_id": 0}
    dropout = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
    return GPT2LMHeadModel(GPT2Config(n_layer=2, n_head=2, n_embd=32, n_positions=32, **tokens, **dropout))


def sentences() -> list[dict[str, Any]]:
    """Rows of tokens that count upwards from a random start."""
    import torch

    starts = torch.randint(64, (48, 1), generator=torch.Generator().manual_seed(1))
    rows = (starts + torch.arange(16)) % 64
    return [{"input_ids": row, "labels": row} for row in rows]


def weights(model: Any) -> list[Any]:
    """Copies of a model's parameters."""
    return [p.detach().clone() for p in model.parameters()]


@cases(
    "lightning",
    {
        "Trainer, SGD with momentum, scheduler": ("SGD", {"lr": 0.1, "momentum": 0.9}, {}),
        "Trainer, Adam, two batches a step": ("Adam", {"lr": 0.01}, {"accumulate_grad_batches": 2}),
        "Trainer, AdamW, bf16-mixed, clipping": ("AdamW", {"lr": 0.01}, {"precision": "bf16-mixed"}),
    },
)
def with_lightning(side: Side, name: str, options: dict[str, Any], trainer: dict[str, Any]) -> Outcome:
    """A LightningModule, with gradients clipped by norm."""
    import lightning
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    class Classifier(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network, self.losses = network(), []

        def training_step(self, batch: Any, _: int) -> Any:
            loss = side.functional.cross_entropy(self.network(batch[0]), batch[1], label_smoothing=0.1)
            self.losses.append(loss.item())
            return loss

        def configure_optimizers(self) -> Any:
            optimizer = side.make(name, self.parameters(), **options)
            return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.9)]

    model = Classifier()
    quiet = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False)
    fit = lightning.Trainer(accelerator="cpu", max_epochs=3, gradient_clip_val=0.5, **quiet, **trainer)
    fit.fit(model, DataLoader(TensorDataset(*samples()), batch_size=16))
    return Outcome(model.losses, weights(model))


@cases("accelerate", {"AdamW, accumulate, clip_grad_norm_": ("no",), "the same in bf16": ("bf16",)})
def with_accelerate(side: Side, precision: str) -> Outcome:
    """A loop of accelerate's."""
    import torch
    from accelerate import Accelerator
    from accelerate.state import AcceleratorState
    from torch.utils.data import DataLoader, TensorDataset

    AcceleratorState._reset_state(reset_partial_state=True)  # each run has its own precision
    accelerator = Accelerator(cpu=True, mixed_precision=precision, gradient_accumulation_steps=2)
    model = network()
    optimizer = side.make("AdamW", model.parameters(), lr=0.01, amsgrad=True)
    scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, 24)
    loader = DataLoader(TensorDataset(*samples()), batch_size=16)
    model, optimizer, loader, scheduler = accelerator.prepare(model, optimizer, loader, scheduler)
    losses = []
    for _ in range(3):
        for x, y in loader:
            with accelerator.accumulate(model):
                loss = side.functional.cross_entropy(model(x), y)
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    accelerator.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                assert not optimizer.step_was_skipped
                scheduler.step()
                optimizer.zero_grad()
                losses.append(loss.item())
    return Outcome([*losses, scheduler.get_last_lr()[0]], weights(model))


def causal_loss(side: Side) -> Callable[..., Any]:
    """The loss of the next token, as transformers calls it."""

    def loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
        logits = outputs["logits"][:, :-1].flatten(0, 1)
        return side.functional.cross_entropy(logits, labels[:, 1:].flatten())

    return loss


def with_trainer(side: Side, model: Any, folder: str, **options: Any) -> Outcome:
    """transformers' Trainer on a causal language model."""
    from transformers import Trainer, TrainingArguments

    class Kept(Trainer):  # type: ignore[misc]
        def create_optimizer(self, *_: Any) -> Any:
            params = [p for p in self.model.parameters() if p.requires_grad]
            self.optimizer = side.make("AdamW", params, lr=self.args.learning_rate, weight_decay=0.01)
            return self.optimizer

    quiet = {"report_to": [], "disable_tqdm": True, "save_strategy": "no", "logging_steps": 1, "use_cpu": True}
    size = {"per_device_train_batch_size": 8, "num_train_epochs": 3, "learning_rate": 5e-3}
    arguments = TrainingArguments(folder, **quiet, **size, **options)
    trainer = Kept(model, arguments, train_dataset=sentences(), compute_loss_func=causal_loss(side))
    trainer.train()
    logged = [row[key] for row in trainer.state.log_history for key in ("loss", "grad_norm") if key in row]
    return Outcome(logged, weights(model))


@cases(
    "transformers",
    {
        "Trainer, GPT-2, AdamW, warm-up": ({"warmup_steps": 4},),
        "Trainer, GPT-2, AdamW, bf16, two batches a step": ({"bf16": True, "gradient_accumulation_steps": 2},),
    },
)
def with_transformers(side: Side, options: dict[str, Any]) -> Outcome:
    """All weights of a small GPT-2."""
    with tempfile.TemporaryDirectory() as folder:
        return with_trainer(side, language_model(), folder, **options)


@cases("peft", {"LoRA of GPT-2 in transformers' Trainer": ()})
def with_peft(side: Side) -> Outcome:
    """Low-rank adapters; the other weights are frozen."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=4, target_modules=["c_attn"], fan_in_fan_out=True, task_type="CAUSAL_LM")
    with tempfile.TemporaryDirectory() as folder:
        return with_trainer(side, get_peft_model(language_model(), config), folder)


@cases(
    "opacus",
    {
        "SGD with momentum, gradients per sample by hooks": ("SGD", {"lr": 0.5, "momentum": 0.9}, "hooks"),
        "Adam, gradients per sample by torch.func": ("Adam", {"lr": 0.01}, "functorch"),
        "AdamW, ghost clipping": ("AdamW", {"lr": 0.01}, "ghost"),
    },
)
def with_opacus(side: Side, name: str, options: dict[str, Any], mode: str) -> Outcome:
    """Differentially private training; the noise is drawn from the same seed."""
    import torch
    from opacus import PrivacyEngine
    from torch.utils.data import DataLoader, TensorDataset

    model = network()
    kinds = {
        "module": model,
        "optimizer": side.make(name, model.parameters(), **options),
        "data_loader": DataLoader(TensorDataset(*samples()), batch_size=32),
        "criterion": side.modules.CrossEntropyLoss(),
    }
    how = {"noise_multiplier": 0.5, "max_grad_norm": 1.0, "poisson_sampling": False, "grad_sample_mode": mode}
    noise = torch.Generator().manual_seed(2)
    made = PrivacyEngine().make_private(**kinds, **how, noise_generator=noise)
    model, optimizer, criterion, loader = made if mode == "ghost" else (*made[:2], kinds["criterion"], made[2])
    losses = []
    for _ in range(4):
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return Outcome(losses, weights(model))


@cases("skorch", {"NeuralNetClassifier, Adam, cross_val_score by ROC AUC": ()})
def with_skorch(side: Side) -> Outcome:
    """A classifier of scikit-learn's kind, in a cross-validation."""
    import sklearn.metrics
    from sklearn.model_selection import cross_val_score
    from skorch import NeuralNetClassifier

    import byhand

    x, y = samples(classes=2)
    ours = side.optim is byhand.optim
    score = byhand.metrics.roc_auc_score if ours else sklearn.metrics.roc_auc_score
    scorer = sklearn.metrics.make_scorer(score, response_method="predict_proba")
    options = {f"optimizer__{name}": value for name, value in side.options.items()}
    classifier = NeuralNetClassifier(
        network,
        module__classes=2,
        criterion=side.modules.CrossEntropyLoss,
        criterion__label_smoothing=0.05,
        optimizer=side.optim.Adam,
        optimizer__weight_decay=0.01,
        lr=0.01,
        max_epochs=5,
        train_split=None,
        verbose=0,
        **options,
    )
    scores = cross_val_score(classifier, x.numpy(), y.numpy(), scoring=scorer, cv=3)
    classifier.fit(x.numpy(), y.numpy())
    return Outcome([*classifier.history[:, "train_loss"], *scores], weights(classifier.module_))


@cases("torchmetrics", {"AUROC of two and of four classes": ()})
def with_torchmetrics(side: Side) -> Outcome:
    """Its metrics beside our function, on scores with ties."""
    import torch
    from torchmetrics.functional.classification import binary_auroc, multiclass_auroc

    import byhand

    x, y = samples(1000)
    scores = (x[:, :4].softmax(-1) * 50).round() / 50
    if side.optim is byhand.optim:
        auc = byhand.metrics.roc_auc_score
        each = torch.tensor([auc(y == i, scores[:, i]) for i in range(4)])
        return Outcome([auc(y == 0, scores[:, 0])], [each])
    each = multiclass_auroc(scores, y, num_classes=4, average=None)
    return Outcome([binary_auroc(scores[:, 0], (y == 0).int()).item()], [each])
