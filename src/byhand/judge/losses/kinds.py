"""The kinds of input that a loss may take, with costs by its names and its text; 0 for the likeliest kind."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping

from byhand.judge.functions.calls import Calls
from byhand.judge.functions.costs import CONTRADICTED, MISTAKEN
from byhand.judge.functions.names import spelt, target_place
from byhand.judge.model import Definition

_SOFTMAX = re.compile(r"exp\b|softmax|sigmoid|logaddexp|softplus|cross_entropy|with_logits|CrossEntropy|expit|log1p")
_TWO = re.compile(r"binary|bce|bernoulli|logistic|sigmoid|二元|二分类|\b1\.?0?\s*-\s*\w|BCE|\blog_loss")
_TWO_NAME = re.compile(r"binary|bce|bernoulli|logistic|sigmoid|二元|二分类")
_MANY_CALL = re.compile(r"\b(?:F|functional)\.(?:cross_entropy|nll_loss)\(")
"""In the text of a program with a call that gives 0 for any input with a single number per sample."""
_ROWS = re.compile(r"\b(?:axis|dim)\s*=\s*-?1\b(?!.*shape\[1\])|\.(?:sum|mean)\(\s*-?1\s*[,)]")
"""In the text of a program that sums along rows, and therefore has many classes."""
_PLAIN = ("_input_", "_inputs_", "_x_", "_output_", "_outputs_", "_out_", "_predictions_", "_pred_", "_preds_")
"""Names of predictions that may be log-probabilities too."""
TWO = re.compile(r"binary|bern(?:oulli)?(?![a-z])|伯努利|二元|二项", re.IGNORECASE)
"""In the name of a KL divergence of two classes."""
_DISTILLS = re.compile(r"_(?:distill\w*|kd|soft)_|蒸馏")


def costs_of_cross_entropy(definition: Definition, calls: Calls, logits_only: bool) -> Mapping[str, int]:
    """Costs of the kinds for a cross-entropy; ``logits_only`` if its names or its text say that it takes logits."""
    name, source = spelt(definition.name), definition.source.replace(definition.name, "")
    places = target_place(calls.signature.inputs)
    pred = calls.signature.inputs[1 - places] if places is not None else ""
    words = spelt(pred)
    logits = 0 if logits_only or _SOFTMAX.search(source) else 4
    logs = 5 if logits and (places is None or words in _PLAIN) else MISTAKEN + 50
    costs = {"logits": logits, "probabilities": 4 - logits, "log-probabilities": logs}
    if logits_only:
        costs = {"logits": 0, "probabilities": MISTAKEN + 50, "log-probabilities": MISTAKEN + 50}
    elif re.search(r"_(?:logp\w*|log_p\w*|log_softmax\w*|lp)_", words) or "_nll" in name:
        costs = {"logits": 4, "probabilities": 6, "log-probabilities": 0}
    elif re.search(r"_(?:probs?|proba|p|probabilit\w+)_", words):
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
    """Whether its names say that it is a distillation loss."""
    inputs = "".join(spelt(part) for part in calls.signature.inputs)
    return bool(_DISTILLS.search(spelt(definition.name)) or re.search(r"student|teacher|学生|教师", inputs))


def costs_of_divergence(
    definition: Definition, calls: Calls, places: tuple[int, int], named_logits: Mapping[str, Collection[str]]
) -> Mapping[str, int]:
    """Costs of the kinds for a KL divergence, if Q and P are the parameters at these places.

    ``named_logits`` has, for each kind, the inputs that the program calls logits although the kind has no logits there.
    """
    name, source = spelt(definition.name), definition.source.replace(definition.name, "")
    a, b = (spelt(part) for part in calls.signature.inputs)
    costs = dict.fromkeys(named_logits, 5)
    logs = sum(bool(re.search(r"_(?:log|logq|logp|lp|lq|logprobs?)_", part)) for part in (a, b))
    plain = all(re.search(r"_(?:p|q|probs?|dist|P|Q)_", part) for part in (a, b))
    if "logits" in a + b or distils(definition, calls):
        costs |= {"logits": 0}
    elif logs == 2:
        costs |= {"log-probabilities": 0, "log-probabilities of Q": 1}
    elif logs == 1 or {a, b} == {"_input_", "_target_"} or _logs_alone(definition, calls.signature.inputs[places[1]]):
        costs |= {"log-probabilities of Q": 0, "probabilities": 6}
    else:
        logs = 3 * MISTAKEN if plain else CONTRADICTED if not re.search(r"kl_div|KLDiv", source) else 5
        costs |= {"probabilities": 0, "log-probabilities of Q": logs, "log-probabilities": logs}
    two = bool(TWO.search(name))
    if two:
        costs = {kind: cost + 20 for kind, cost in costs.items()}
    less = re.search(r"\b1\.?0?\s*-\s*\w", source)
    costs |= {"binary probabilities": 0 if two else 1 if less else 5}
    if not two and not less and _ROWS.search(source):
        del costs["binary probabilities"]
    # Logits as log-probabilities of Q cost nothing more: a program with log_softmax is right for both, and without
    # it the missing log_softmax is reported.
    unlikely = {
        kind for kind, roles in named_logits.items() if "target" in roles or (roles and not kind.startswith("log"))
    }
    return {kind: cost + (MISTAKEN + 50 if kind in unlikely else 0) for kind, cost in costs.items()}


def _logs_alone(definition: Definition, name: str) -> bool:
    """Whether a parameter is the only name below the logarithms of the text, as P is if Q is a logarithm already."""
    found: set[str] = set()
    for node in ast.walk(definition.node):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and re.search(r"(?:^|[._])log(?:2|10)?$", called):
            receiver = [node.func.value] if isinstance(node.func, ast.Attribute) and not node.args else []
            parts = (part for given in (*receiver, *node.args) for part in ast.walk(given))
            found |= {part.id for part in parts if isinstance(part, ast.Name)}
    return found - {"self"} == {name}
