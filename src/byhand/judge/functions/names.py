"""What the names in a learner's program say: which task a definition is, and what its parameters are for."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from byhand.judge.model import Definition, Outcome, named_parameters

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[\u4e00-\u9fff]+")
_CALLED = ("forward", "__call__", "call", "loss", "fn", "compute", "calculate", "calc", "compute_loss", "score")
_GATHER = ("update", "update_state", "add", "add_batch", "accumulate", "append", "feed", "step", "__call__", "forward")
_ENDS = ("compute", "result", "value", "get", "score", "auc", "evaluate", "calculate", "finalize", "average", "mean")
"""Names of the methods by which a metric is fed, and asked."""
BACKWARD = re.compile(
    r"(?:backward|bprop|(?:get_|calc_|compute_|calculate_|loss_|_)?(?:grad(?:ient)?s?|deriv(?:ative)?|prime)(?:_input|_loss)?"
    r"|d_?loss|loss_prime|delta|反向传播|反向|梯度|求梯度|求导)$"
)
"""Names of methods that give the gradient."""
_TORCH = r"\btorch\b|\bnn\.|\bF\.|\bTensor\b|\bdim=|(?<!np)(?<!math)\.(?:gather|scatter_|unsqueeze|log|exp|item)\("
_GIVEN = ("list", "ndarray", "Tensor", "float", "int", "numpy.ndarray")
_MISLED = re.compile(
    r"indices must be integers|only integers, slices|required (?:positional|keyword)|unexpected keyword"
    r"|positional argument|has no attribute|not subscriptable|not iterable|to unpack|unhashable|as an integer"
    r"|has no len|^\W*\w*\W*$"
)
_AXIS = (
    r"\[\s*(?::|\.\.\.)\s*,|\b(?:axis|dim|keepdims?|reduction)\s*=|\barange\(|\.(?:shape\[0\]|size\(0\)|size\(-1\))"
    r"|\.(?:sum|mean|max|logsumexp|softmax|argmax|gather|squeeze|unsqueeze)\(\s*-?\d"
)
LOGARITHM = r"(?:\b|_)log(?:2|10|1p)?\s*\(|log_?(?:softmax|sigmoid|sum_?exp|add_?exp|loss)|softplus|xlogy|log_prob"
"""A logarithm in a program's text: logits alone are none."""
_FILL: Mapping[str, object] = {
    **dict.fromkeys(("axis", "dim"), -1),
    **dict.fromkeys(("eps", "epsilon", "delta", "smooth", "smoothing", "reg"), 0.0),
    "ignore_index": -100,
    "base": math.e,
    **dict.fromkeys(("num_classes", "n_classes", "n_class", "num_class", "class_num", "classes", "C", "K"), "K"),
    **dict.fromkeys(("n", "m", "N", "n_samples", "num_samples", "batch_size", "num_examples"), "N"),
    **dict.fromkeys(("t", "T", "tau", "temp", "temperature"), 1.0),
    **dict.fromkeys(("reduction", "reduce"), "mean"),
}
"""What is given to a required parameter that is none of the inputs; "K" and "N" are numbers of columns and rows."""
TEMPERATURE = ("temperature", "temp", "tau", "T")
SMOOTHING = ("label_smoothing", "smoothing", "label_smooth")
"""Options that are switched off, whatever their defaults are."""
_WEIGHTS = {
    **dict.fromkeys(("target", "targets", "tgt", "label", "labels", "lbl", "true", "truth", "gt", "gold"), 3),
    "teacher": 3,
    **dict.fromkeys(("onehot", "hot", "ytrue", "actual", "actuals", "expected", "tags", "trues", "positive"), 3),
    **dict.fromkeys(("真实", "标签", "真值", "真实标签", "目标", "教师"), 3),
    "t": 2,
    **dict.fromkeys(("y", "ys", "yt"), 1),
    "p": -1,
    **dict.fromkeys(("q", "a", "x", "z", "h", "o", "s", "al", "u"), -2),
    **dict.fromkeys(("pred", "preds", "prediction", "predictions", "predict", "predicted", "ypred", "yhat"), -3),
    **dict.fromkeys(("logit", "logits", "prob", "probs", "probability", "probabilities", "proba", "hat", "log"), -3),
    **dict.fromkeys(("score", "scores", "output", "outputs", "out", "input", "inputs", "softmax", "sigmoid"), -3),
    **dict.fromkeys(("student", "estimate", "logp", "logprobs", "logps", "scoring", "approx", "model"), -3),
    **dict.fromkeys(("预测", "预测值", "学生", "输出", "概率", "分数", "得分"), -3),
}
"""How strongly a word says that a parameter is the target, or, below zero, that it is the prediction."""


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: ("cross", "entropy", "loss") of ``CrossEntropyLoss``."""
    return tuple(word.lower() for word in _WORD.findall(name))


def spelt(name: str) -> str:
    """The words with underscores between and around them, for regular expressions: "_cross_entropy_loss_"."""
    return f"_{'_'.join(words(name))}_"


@dataclass(frozen=True)
class Signature:
    """How a definition of two inputs is called."""

    inputs: tuple[str, str]
    """The names of the parameters for the two inputs, in their order."""
    fill: tuple[tuple[str, object], ...]
    """Values for other parameters that must be given."""
    optional: tuple[str, ...]
    """Names of the parameters that have defaults, of ``__init__`` too."""
    method: str = ""
    """Of a class: what is called; "apply" for an autograd function; "" for a function."""
    backward: str = ""
    """Of a class: the method that gives the gradient, "" if there is none."""
    asks: tuple[str, ...] = ()
    """What the gradient's method must be given."""
    ends: str = ""
    """Of a class that gathers its inputs by :attr:`method`: the method that gives the result."""


def signature(definition: Definition) -> Signature | None:
    """How to call it with two inputs; None if that cannot be."""
    if isinstance(definition.node, ast.FunctionDef):
        return _signature(definition.node, (), "")
    if any("Function" in ast.unparse(base) for base in definition.node.bases):
        forward = definition.method("forward")
        return _signature(forward, (), "apply", skip=1) if forward else None
    made = definition.method("__init__")
    if made is not None and any(name not in _FILL for name in _required(made)):
        return None
    gathered = _gathered(definition, _optional(made) if made else ())
    if gathered is not None:
        return gathered
    for name in _methods(definition):
        method = definition.method(name)
        found = _signature(method, _optional(made) if made else (), name) if method else None
        if found is not None:
            return replace(found, **_gradient(definition, name, found.inputs))
    return None


def constructor(definition: Definition) -> dict[str, object]:
    """Values for what ``__init__`` asks for."""
    made = definition.method("__init__")
    return {name: _FILL[name] for name in _required(made)} if made else {}


def smoothing(definition: Definition) -> list[str]:
    """Options that smooth labels, of the function or of the constructor: of what is named so, eps too."""
    made = definition.node if isinstance(definition.node, ast.FunctionDef) else definition.method("__init__")
    names = _smooth(definition.name)
    return [name for name in (_optional(made) if made else ()) if name in names]


def _smooth(name: str) -> set[str]:
    return {*SMOOTHING, *(("eps", "epsilon", "alpha") if "smooth" in name.lower() else ())}


def _methods(definition: Definition) -> list[str]:
    """Names of the methods that may be the one to call, the likeliest first."""
    own = [node.name for node in definition.node.body if isinstance(node, ast.FunctionDef)]
    public = [name for name in own if not name.startswith("_") and not BACKWARD.match(name)]
    return [*(name for name in _CALLED if name in own), *(public if len(public) == 1 else [])]


def _gathered(definition: Definition, more: Sequence[str]) -> Signature | None:
    """How a metric is called that takes its inputs in one method, and gives the result in another."""
    own = {node.name: node for node in definition.node.body if isinstance(node, ast.FunctionDef)}
    ends = next((name for name in _ENDS if name in own and not _required(own[name])), "")
    for name in _GATHER:
        gathers = name in own and not (name in _CALLED and _returns(own[name]))
        found = _signature(own[name], more, name) if ends and gathers else None
        if found is not None:
            return replace(found, ends=ends)
    return None


def _returns(node: ast.FunctionDef) -> bool:
    return any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node))


def _gradient(definition: Definition, called: str, inputs: Sequence[str]) -> dict[str, Any]:
    """The method that gives the gradient, and what it must be given: two things, or the inputs and one more."""
    for node in definition.node.body:
        if isinstance(node, ast.FunctionDef) and BACKWARD.match(node.name) and node.name != called:
            asks = _required(node)
            if len(asks) <= 2 or len([ask for ask in asks if ask not in inputs]) <= 1:
                return {"backward": node.name, "asks": tuple(asks)}
    return {}


def _signature(node: ast.FunctionDef, more: Sequence[str], method: str, skip: int = 0) -> Signature | None:
    static = any(ast.unparse(d) == "staticmethod" for d in node.decorator_list)
    required = _required(node)[skip if static else 0 :]
    optional = _optional(node)
    if not static and skip:
        required = required[1:] if required[:1] == ["ctx"] else required
    inputs = [name for name in required if name not in _FILL]
    for name in [*(name for name in required if name in _FILL), *optional]:
        if len(inputs) < 2 and name.lower() in _WEIGHTS:
            inputs = [n for n in (*required, *optional) if n in (*inputs, name)]
    if len(inputs) != 2:
        return None
    fill = tuple((name, _FILL[name]) for name in required if name not in inputs)
    fill += tuple((name, 0.0) for name in optional if name in _smooth(node.name) and name not in inputs)
    fill += tuple((name, 1.0) for name in optional if name in TEMPERATURE and name not in inputs)
    rest = tuple(name for name in optional if name not in inputs)
    return Signature((inputs[0], inputs[1]), fill, (*rest, *more), method)


def _required(node: ast.FunctionDef) -> list[str]:
    """Names of the parameters without default, without self."""
    positional = [*node.args.posonlyargs, *node.args.args]
    names = [arg.arg for arg in positional[: len(positional) - len(node.args.defaults)]]
    names += [arg.arg for arg, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is None]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _optional(node: ast.FunctionDef) -> list[str]:
    required = _required(node)
    return [name for name in named_parameters(node) if name not in required]


def target_weight(name: str) -> int | None:
    """How strongly a name says that a parameter is the target, below zero the prediction; None if it says nothing."""
    weights = [_WEIGHTS[word] for word in words(name) if word in _WEIGHTS]
    weights += [weight for word, weight in _WEIGHTS.items() if len(word) > 1 and word > "一" and word in name]
    return max(weights, key=abs, default=None)


def target_place(inputs: tuple[str, str]) -> int | None:
    """Which of two parameters is the target by its name; None if the names leave it open."""
    a, b = (target_weight(name) for name in inputs)
    if a is None and b is None:
        return None
    if a is None or b is None:
        known = a if b is None else b
        if known is None or abs(known) < 3:
            return None
        return int((known > 0) == (b is not None))
    return None if a == b else int(b > a)


def array_kinds(source: str) -> list[str]:
    """What kind of arrays the program works on: "torch", "numpy", "list"; what its text suggests first."""
    torch = len(re.findall(_TORCH, source))
    numpy = len(re.findall(r"\bnp\b|\bnumpy\b|\baxis=|keepdims|\bndarray\b|\bscipy\b|\bsklearn\b", source))
    scores = {"torch": torch, "numpy": numpy, "list": 0.5 + len(re.findall(r"\bmath\.|\bfor\b.*\bzip\(", source))}
    return sorted(scores, key=lambda kind: -scores[kind])


def misled(definition: Definition, outcome: Outcome) -> bool:
    """Whether a failure is of what it was given: of another kind of array, of other axes, of missing arguments."""
    owner = re.match(r"'(\w+)' object has no attribute", outcome.message)
    own = owner is not None and owner[1] in definition.program and owner[1] not in _GIVEN
    return bool(_MISLED.search(outcome.message)) and not own and not outcome.message.startswith("module ")


def of_batches(source: str) -> bool:
    """Whether the text speaks of an axis, or of the number of rows, so that rows are meant to come in batches."""
    return bool(re.search(_AXIS, source))
