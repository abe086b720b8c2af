"""Related formulas, such as a weighted or symmetric variant: recognised by further words in the name or parameters.

They are judged as the task only if the user says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from byhand.judge.functions.names import spelt

__all__ = ["relative"]

_ANY = (
    "(?:(?<!_with)(?<!_and)_)(?:grad|gradient|derivative|deriv|prime|backward|backprop|bprop|back)",
    "test|plot|demo|run|train",
    "weighted|balanced|symmetric|focal|conditional|dirichlet|evidential|margin",
)
NAMES: Mapping[str, tuple[str, ...]] = {
    "cross_entropy": (
        *_ANY,
        "trainer|check|accuracy|eval|evaluate|dataset|net",
        "dice|tversky|jaccard|iou|lovasz|ohem|poly|bootstrap|bootstrapped|truncated|generali[sz]ed|robust|reverse",
        "contrastive|nce|ctc|temporal|sampled|adaptive|max|linear_cross_entropy|kl",
    ),
    "kl_divergence": (
        *_ANY,
        "check|js|jsd|jensen|shannon|jeffreys|skew|renyi|alpha|wasserstein|reverse",
        "gaussians?|gauss|normals?|mvn|diag|gamma|beta|poisson|laplace|wishart|vae|elbo|free_bits",
        "mc|monte|estimate|estimated|estimator|approx|approximate|sampled|k_[123]|schulman|knn",
        "annealing|weight|coef|coeff|penalty|controller|schedule|scheduler|early_stop",
    ),
    "roc_auc": (
        *_ANY,
        "draw|show|callback|pr|prc|aupr|auprc|precision|recall|partial|pauc|gauc|group|grouped|uauc|per_user",
        "macro|micro|ovr|ovo|multi|multiclass|delong|variance|std|ci|bootstrap|confidence|loss|surrogate|max",
    ),
}
"""For each task: words in the names of related formulas. A row that begins with "(?:(" is a complete pattern."""
ENDS = ("_roc_curve_",)
"""Endings of the names of functions that compute only a part of a task."""
STARTS: Mapping[str, str] = {"cross_entropy": "_d_"}
"""Beginnings of the names of derivatives; not for KL divergence, which is also written D_KL."""
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "cross_entropy": ("model|net|network|loader|data_?loader|dataset|alphas?|concentration|ctx",),
    "kl_divergence": (
        "mu|mus|means?|log_?var\\w*|log_?sigma|log_?std|sigmas?|stds?|vars?|variances?|locs?|covs?|scales?",
        "alphas?|betas?|concentrations?|model|net|network|loader|data_?loader|dataset|ctx",
    ),
    "roc_auc": (
        "fprs?|tprs?|fp_rates?|tp_rates?|xs?|false_positive_rates?|true_positive_rates?",
        "model|net|network|loader|data_?loader|dataset|clf|classifier|estimator|users?|groups?|user_ids?",
    ),
}
"""For each task: names of parameters that only related formulas have."""
PLAIN: Mapping[str, re.Pattern[str]] = {
    "weighted": re.compile(r"\b(?:class_)?weights?\s*(?::[^,)=]+)?=\s*None"),
    "partial": re.compile(r"\bmax_fpr\s*(?::[^,)=]+)?=\s*(?:None|1\b)"),
}
"""Words that may name an option, and the pattern of a default with which the option has no effect."""
_SAMPLED = re.compile(r"_(?:log_?p\w*|log_?probs?|log_?q\w*|logits_of_sample)_")
_OTHER_POLICY = re.compile(r"_(?:ref|reference|old|new|cur|current|policy|behaviou?r|rollout|sampling)_")
_SUMMED = re.compile(r"\b(?:dim|axis)\s*=\s*-1|sum\(\s*-?\d")


@cache
def _rows(task: str) -> tuple[re.Pattern[str], ...]:
    rows = [row if row.startswith("(?:(") else f"_(?:{row})" for row in NAMES[task]]
    return tuple(re.compile(f"{row}(?:_|$)") for row in rows)


def relative(task: str, name: str, inputs: Iterable[str] = (), source: str = "") -> bool:
    """Whether a definition is a related formula, by its name, its two parameters and its text."""
    spelled = spelt(name)
    for word, option in PLAIN.items():
        spelled = spelled.replace(f"_{word}_", "_") if option.search(source) else spelled
    if any(row.search(spelled) for row in _rows(task)) or spelled.endswith(ENDS):
        return True
    if task in STARTS and spelled.startswith(STARTS[task]):
        return True
    words = [spelt(part) for part in inputs]
    if any(re.search(f"_(?:{row})(?:_\\d+)?_", word) for word in words for row in PARAMETERS[task]):
        return True
    return task == "kl_divergence" and _estimates(words, source)


def _estimates(words: list[str], source: str) -> bool:
    """Whether it estimates KL from log-probabilities of samples under two policies, as k1, k2 and k3 do.

    Source: Schulman, Approximating KL Divergence, 2020.
    """
    sampled = all(_SAMPLED.search(word) for word in words) and any(_OTHER_POLICY.search(word) for word in words)
    return bool(words) and sampled and not _SUMMED.search(source)
