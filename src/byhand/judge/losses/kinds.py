"""What kind of numbers a loss takes, as far as its names and its text say: costs, 0 for the likeliest."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from byhand.judge.functions.calls import Calls
from byhand.judge.functions.costs import AGAINST, MISTAKEN
from byhand.judge.functions.names import spelt, target_place
from byhand.judge.model import Definition

_SOFTMAX = re.compile(r"exp\b|softmax|sigmoid|logaddexp|softplus|cross_entropy|with_logits|CrossEntropy|expit|log1p")
_TWO = re.compile(r"binary|bce|bernoulli|logistic|sigmoid|二元|二分类|\b1\.?0?\s*-\s*\w|BCE|\blog_loss")
_TWO_NAME = re.compile(r"binary|bce|bernoulli|logistic|sigmoid|二元|二分类")
_MANY_CALL = re.compile(r"\b(?:F|functional)\.(?:cross_entropy|nll_loss)\(")
"""Of a call that of two classes' single numbers makes 0, whatever they are."""
_ROWS = re.compile(r"\b(?:axis|dim)\s*=\s*-?1\b(?!.*shape\[1\])|\.(?:sum|mean)\(\s*-?1\s*[,)]")
"""Of a sum along rows, and so of many classes."""
_PLAIN = ("_input_", "_inputs_", "_x_", "_output_", "_outputs_", "_out_", "_predictions_", "_pred_", "_preds_")
"""Names of predictions that may be log-probabilities too."""
TWO = re.compile(r"binary|bern(?:oulli)?(?![a-z])|伯努利|二元|二项", re.IGNORECASE)
"""Of a KL divergence of two classes."""
_DISTILLS = re.compile(r"_(?:distill\w*|kd|soft)_|蒸馏")


def of_entropy(definition: Definition, calls: Calls, logits_only: bool) -> Mapping[str, int]:
    """Costs of the kinds by what the names and the text say; ``logits_only`` if they say that it takes logits."""
    name, source = spelt(definition.name), definition.source.replace(definition.name, "")
    places = target_place(calls.signature.inputs)
    pred = calls.signature.inputs[1 - places] if places is not None else ""
    said = spelt(pred)
    logits = 0 if logits_only or _SOFTMAX.search(source) else 4
    given = 5 if logits and (places is None or said in _PLAIN) else MISTAKEN + 50
    costs = {"logits": logits, "probabilities": 4 - logits, "log-probabilities": given}
    if logits_only:
        costs = {"logits": 0, "probabilities": MISTAKEN + 50, "log-probabilities": MISTAKEN + 50}
    elif re.search(r"_(?:logp\w*|log_p\w*|log_softmax\w*|lp)_", said) or "_nll" in name:
        costs = {"logits": 4, "probabilities": 6, "log-probabilities": 0}
    elif re.search(r"_(?:probs?|proba|p|probabilit\w+)_", said):
        costs = {"logits": 6, "probabilities": 0, "log-probabilities": MISTAKEN + 50}
    two = 0 if _TWO.search(name + source) else 5
    rows = bool(_ROWS.search(source)) and not _TWO_NAME.search(name)
    many = MISTAKEN + 50 if _TWO_NAME.search(name) else 0
    out = {kind: cost + many for kind, cost in costs.items()}
    if _MANY_CALL.search(definition.source) or (rows and two):
        return out
    two = MISTAKEN + 5 if rows else two
    return out | {"binary probabilities": two + costs["probabilities"], "binary logits": two + costs["logits"]}


def distils(definition: Definition, calls: Calls) -> bool:
    """Whether its names say that it is the loss of a student."""
    inputs = "".join(spelt(part) for part in calls.signature.inputs)
    return bool(_DISTILLS.search(spelt(definition.name)) or re.search(r"student|teacher|学生|教师", inputs))


def of_divergence(definition: Definition, calls: Calls, against: Mapping[str, Collection[str]]) -> Mapping[str, int]:
    """Costs of the kinds by what the names and the text say; ``against`` has the inputs that no kind should take so."""
    name, source = spelt(definition.name), definition.source.replace(definition.name, "")
    a, b = (spelt(part) for part in calls.signature.inputs)
    costs = dict.fromkeys(against, 5)
    logs = sum(bool(re.search(r"_(?:log|logq|logp|lp|lq|logprobs?)_", part)) for part in (a, b))
    plain = all(re.search(r"_(?:p|q|probs?|dist|P|Q)_", part) for part in (a, b))
    if "logits" in a + b or distils(definition, calls):
        costs |= {"logits": 0}
    elif logs == 2:
        costs |= {"log-probabilities": 0, "log-probabilities of Q": 1}
    elif logs == 1 or {a, b} == {"_input_", "_target_"}:
        costs |= {"log-probabilities of Q": 0, "probabilities": 6}
    else:
        logs = 3 * MISTAKEN if plain else AGAINST if not re.search(r"kl_div|KLDiv", source) else 5
        costs |= {"probabilities": 0, "log-probabilities of Q": logs, "log-probabilities": logs}
    two = bool(TWO.search(name))
    if two:
        costs = {kind: cost + 20 for kind, cost in costs.items()}
    less = re.search(r"\b1\.?0?\s*-\s*\w", source)
    costs |= {"binary probabilities": 0 if two else 1 if less else 5}
    if not two and not less and _ROWS.search(source):
        del costs["binary probabilities"]
    # For logits to be log-probabilities of Q costs nothing more: log_softmax does them no harm; forgotten, it is told.
    dear = {kind for kind, roles in against.items() if "target" in roles or (roles and not kind.startswith("log"))}
    return {kind: cost + (MISTAKEN + 50 if kind in dear else 0) for kind, cost in costs.items()}
