"""Related formulas, such as a weighted or symmetric variant: recognised by further words in the name or parameters.

They are judged as the task only if the user says so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from textwrap import dedent

from byhand.judge.functions.names import spelt, target_weight, words

__all__ = ["relative", "unfamiliar"]

_ANY = (
    "(?:(?<!_with)(?<!_and)_)(?:grad|gradient|derivative|derivation|derivated|derived|deriv|der|prime)",
    "(?:(?<!_with)(?<!_and)_)(?:backward|backprop|bprop|back|jacobian|hessian)",
    "test|plot|demo|run|train",
    "weighted|balanced|symmetric|focal|conditional|dirichlet|evidential|margin",
)
NAMES: Mapping[str, tuple[str, ...]] = {
    "cross_entropy": (
        *_ANY,
        "trainer|check|accuracy|eval|evaluate|dataset|net",
        "dice|tversky|jaccard|iou|lovasz|ohem|poly|bootstrap|bootstrapped|truncated|generali[sz]ed|robust|reverse",
        "gan|adversarial|generator|discriminator|contrastive|nce|ctc|temporal|sampled|adaptive|max|linear_cross_entropy|kld?",
    ),
    "kl_divergence": (
        *_ANY,
        "check|js|jsd|jensen|shannon|jeffreys|skew|renyi|alpha|wasserstein|reverse",
        "gaussians?|gauss|normals?|mvn|diag|gamma|beta|poisson|laplace|wishart|vae|elbo|free_bits",
        "bootstrap|bootstrapped|mc|monte|estimate|estimated|estimator|approx|approximate|sampled|k_[123]|schulman|knn",
        "annealing|weight|coef|coeff|penalty|controller|schedule|scheduler|early_stop",
    ),
    "roc_auc": (
        *_ANY,
        "draw|show|callback|pr|prc|aupr|auprc|precision|recall|partial|pauc|gauc|group|grouped|uauc|per_user",
        "macro|micro|ovr|ovo|multi|multiclass|delong|variance|std|ci|bootstrap|confidence|loss|surrogate|max",
    ),
}
"""For each task: words in the names of related formulas. A row that begins with "(?:(" is a complete pattern."""
_FILES = "(?:\\w+_)?(?:files?|file_?names?|paths?|folders?|dirs?|csv|url)"
"""In the names of parameters that say where the numbers are."""
ENDS = ("_roc_curve_",)
"""Endings of the names of functions that compute only a part of a task."""
STARTS: Mapping[str, str] = {"cross_entropy": "_d_"}
"""Beginnings of the names of derivatives; not for KL divergence, which is also written D_KL."""
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "cross_entropy": ("model|net|network|loader|data_?loader|dataset|alphas?|concentration|ctx", _FILES),
    "kl_divergence": (
        "mu|mus|means?|log_?var\\w*|log_?sigma|log_?std|sigmas?|stds?|vars?|variances?|locs?|covs?|scales?",
        "alphas?|betas?|concentrations?|(?<!_[pq]_)(?:model|net|network)|loader|data_?loader|dataset|ctx",
        "(?:\\w+_)?samples?",
        _FILES,
    ),
    "roc_auc": (
        "ranks?|a?pos|a?neg|pos_scores?|neg_scores?|fprs?|tprs?|fp_rates?|tp_rates?|false_positive_rates?|true_positive_rates?",
        "model|net|network|loader|data_?loader|dataset|clf|classifier|estimator|users?|groups?|user_ids?",
        _FILES,
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
_PLAIN_WORDS = """
    cross entropy entropies ce cel bce cce scce xent crossentropy crossent logloss log loss losses lossfunction
    logistic nll nlll neg negative likelihood kl kld kldiv kldivloss divergence div divergences d dkl relative
    information gain kullback leibler softmax sigmoid logit logits logsoftmax binary bernoulli categorical multi
    multiclass multinomial class classes sparse dense soft hard one hot index indices label labels target targets
    sample samples smoothed smoothing smooth distill distillation distilled kd teacher student temperature temp
    softened auc roc auroc rocauc area under curve rank ranking ranks trapz trapezoid trapezoidal mann whitney
    wilcoxon u pair pairs pairwise score scores metric metrics meter my own your our custom manual manually hand
    handmade written scratch naive simple basic plain raw vanilla standard stable unstable numerically numerical safe
    fast slow quick exact efficient optimized optimised vectorized vectorised loop loops looped batch batched vector vec
    flat masked weighted streaming stream online sequence seq token tokens np numpy torch pytorch pt tf jax jnp py
    python pure native scipy sklearn fn func function functions op module layer cls impl implementation version ver
    v new old alt a b c x y z p q t k n m f g i j l s get calc calculate calculated calculation compute computed
    computing computation eval evaluate measure estimate do make return forward fwd call apply criterion cost error
    err objective value values val number result total sum mean avg average per element elementwise reduce reduction
    none all each row rows two three binomial from to with without for and or of the is in on by using via between
    over as at discrete dist dists distribution distributions prob probs probability probabilities proba probas pred
    preds prediction predictions predicted output outputs input inputs train training valid validation test check
    checked correct right good click ctr reg logreg regression classification classifier example final solution sol
    answer ex exercise task non mini minibatch
"""
_FAMILIAR = frozenset(_PLAIN_WORDS.split())
"""Words in the names of definitions that are not related formulas."""
_FITTED = re.compile(r"gaussian_kde|KernelDensity|KDTree|NearestNeighbors|histogram(?:dd|2d)?\(|\bhist\(|KMeans\(")
"""In the text of a program that estimates the distributions from samples."""
_OF_PAIRS = re.compile(
    r"for (\w+) in range\((?:len\((?!\w+\[)\w+\)|\w+\.shape\[0\])\):\s+"
    r"for (\w+) in range\((?:len\((?!\w+\[)\w+\)|\w+\.shape\[0\])\):\s[^#]*?\[\1(?:\]\[|, ?)\2\]"
)
"""In the text of a program of square matrices only, such as t-SNE's similarities of pairs of points."""
_READS = re.compile(
    r"(?<![.\w])open\(|\b(?:loadtxt|genfromtxt|fromfile|read_csv|read_table|read_excel|read_parquet|loadmat)\("
)
"""In the text of a program that gets its numbers from files."""
_SUMMED = re.compile(r"\b(?:dim|axis)\s*=\s*-1|sum\(\s*-?\d")


@cache
def _rows(task: str) -> tuple[re.Pattern[str], ...]:
    rows = [row if row.startswith("(?:(") else f"_(?:{row})" for row in NAMES[task]]
    return tuple(re.compile(f"{row}(?:_|$)") for row in rows)


def relative(task: str, name: str, inputs: Sequence[str] = (), source: str = "") -> bool:
    """True: not this task, but a related formula, according to its name, its two parameters and its text."""
    spelled = spelt(name)
    for word, option in PLAIN.items():
        spelled = spelled.replace(f"_{word}_", "_") if option.search(source) else spelled
    if any(row.search(spelled) for row in _rows(task)) or spelled.endswith(ENDS):
        return True
    if task in STARTS and spelled.startswith(STARTS[task]):
        return True
    if _READS.search(source):
        return True
    spelled_inputs = [spelt(part) for part in inputs]
    if any(re.search(f"_(?:{row})(?:_\\d+)?_", word) for word in spelled_inputs for row in PARAMETERS[task]):
        return True
    if task == "cross_entropy" and (_distils(inputs, source) or _FITTED.search(source)):
        return True
    if task == "roc_auc" and _is_area(inputs):
        return True
    if task != "kl_divergence":
        return False
    return _estimates(spelled_inputs, source) or _OF_PAIRS.search(source) is not None or _both_ways(source)


def unfamiliar(name: str) -> bool:
    """Whether a name has a word that is not in :data:`_FAMILIAR`: then it may be another formula."""
    parts = [re.sub(r"\d+", "", word) for word in words(name)]
    return any(word.isascii() and word not in _FAMILIAR for word in parts if word)


def _is_area(inputs: Sequence[str]) -> bool:
    """Whether it takes the points of any curve, x and y; not if one of the two is called scores or labels."""
    others = [name for name in inputs if not re.search("_xs?(?:_\\d+)?_", spelt(name))]
    return len(others) < len(inputs) and not any(abs(target_weight(name) or 0) >= 3 for name in others)


def _distils(inputs: Iterable[str], source: str) -> bool:
    """Whether softmax is applied to both inputs, so that the target is a teacher's logits."""
    both = {*inputs}
    return len(both) == 2 and both == set(re.findall(r"\b(?:log_)?softmax\(\s*(\w+)", source))


def _both_ways(source: str) -> bool:
    """Whether it calls torch's ``kl_div`` for p and q, and for q and p, as R-Drop does.

    Source: Liang et al., R-Drop: Regularized Dropout for Neural Networks, 2021.
    """
    try:
        tree = ast.parse(dedent(source))
    except SyntaxError:
        return False
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) >= 2]
    pairs = [
        tuple({part.id for part in ast.walk(arg) if isinstance(part, ast.Name)} for arg in node.args[:2])
        for node in called
        if ast.unparse(node.func).endswith("kl_div")
    ]
    return any(a - b and b - a and a - b <= d and b - a <= c for a, b in pairs for c, d in pairs)


def _estimates(words: list[str], source: str) -> bool:
    """Whether it estimates KL from samples, or from their log-probabilities under two policies, as k1, k2 and k3 do.

    Source: Schulman, Approximating KL Divergence, 2020.
    """
    if _FITTED.search(source):
        return True
    sampled = all(_SAMPLED.search(word) for word in words) and any(_OTHER_POLICY.search(word) for word in words)
    return bool(words) and sampled and not _SUMMED.search(source)
