"""What the names in a learner's program say: what its parameters are for, and what kind of arrays it takes."""

from __future__ import annotations

import ast
import re

from byhand.judge.model import Definition, Outcome

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[\u4e00-\u9fff]+")
_TORCH = r"\btorch\b|\bnn\.|\bF\.|\bTensor\b|\bdim=|(?<!np)(?<!math)\.(?:gather|scatter_|unsqueeze|log|exp|item)\("
_NUMPY = r"\b(?:np|numpy|ndarray|scipy|sklearn|numba|n?jit)\b|\baxis=|keepdims|\bnb\."
_GIVEN = ("list", "dict", "ndarray", "Tensor", "Series", "DataFrame", "float", "int", "numpy.ndarray")
_MISLED = re.compile(
    r"indices must be integers|only integers, slices|required (?:positional|keyword)|unexpected keyword"
    r"|positional argument|has no attribute|not subscriptable|not iterable|to unpack|unhashable|as an integer"
    r"|has no len|os\.PathLike|^\W*\w*\W*$"
)
_LACKING = re.compile(r"(?:\w+\.)*(\w+)\(\) missing \d+ required positional argument")
_AXIS = (
    r"\[\s*(?::|\.\.\.)\s*,|\b(?:axis|dim|keepdims?|reduction)\s*=|\barange\(|\.(?:shape\[0\]|size\(0\)|size\(-1\))"
    r"|\.(?:sum|mean|max|logsumexp|softmax|argmax|gather|squeeze|unsqueeze)\(\s*-?\d"
)
LOGARITHM = r"(?:\b|_)log(?:2|10|1p)?\s*\(|log_?(?:softmax|sigmoid|sum_?exp|add_?exp|loss)|softplus|xlogy|log_prob"
"""A logarithm in a program's text; the word "logits" is not one."""
TEMPERATURE = ("temperature", "temp", "tau", "T")
SMOOTHING = ("label_smoothing", "smoothing", "label_smooth")
"""Options that are set to 0, whatever their defaults are."""
WEIGHTS = {
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
"""How strongly a word suggests that a parameter is the target; negative for the prediction."""


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: ("cross", "entropy", "loss") of ``CrossEntropyLoss``."""
    return tuple(word.lower() for word in _WORD.findall(name))


def spelt(name: str) -> str:
    """The words of a name with underscores around each, for regular expressions: "_cross_entropy_loss_"."""
    return f"_{'_'.join(words(name))}_"


def target_weight(name: str) -> int | None:
    """How strongly a name suggests the target, negative for the prediction; None if it has no known word."""
    weights = [WEIGHTS[word] for word in words(name) if word in WEIGHTS]
    weights += [weight for word, weight in WEIGHTS.items() if len(word) > 1 and word > "一" and word in name]
    return max(weights, key=abs, default=None)


def target_place(inputs: tuple[str, str]) -> int | None:
    """Which of two parameters is the target by its name; None if the names leave it open."""
    both = {word for name in inputs for word in words(name)}
    if "expected" in both and both & {"observed", "actual"}:
        return None  # in statistics "expected" is Q, in programs it is the target
    a, b = (target_weight(name) for name in inputs)
    if a is None and b is None:
        return None
    if a is None or b is None:
        known = a if b is None else b
        if known is None or abs(known) < 3:
            return None
        return int((known > 0) == (b is not None))
    return None if a == b else int(b > a)


def array_kinds(definition: Definition) -> list[str]:
    """The kinds of arrays, "torch", "numpy" and "list", in the order of likelihood by the program's text.

    After them "dict", "pandas" and "box" (an object with ``data``), if the text takes a parameter for one.
    """
    source = "\n".join((*map(ast.unparse, definition.node.decorator_list), definition.source))
    torch = len(re.findall(_TORCH, source))
    numpy = len(re.findall(_NUMPY, source))
    scores = {"torch": torch, "numpy": numpy, "list": 0.5 + len(re.findall(r"\bmath\.|\bfor\b.*\bzip\(", source))}
    given = "|".join({part.arg for part in ast.walk(definition.node) if isinstance(part, ast.arg)}) or "self"
    loops = re.findall(rf"for (\w+) in (?:\w+\()?({given})\b", source)
    keyed = any(f"{name}[{key}]" in source for key, name in loops)
    more = ["dict"] if keyed or re.search(rf"\b(?:{given})\.(?:items|keys|get)\(", source) else []
    more += ["pandas"] if re.search(rf"\b(?:{given})\.(?:values\b(?!\()|to_numpy\(|i?loc\[)", source) else []
    more += ["box"] if numpy and re.search(rf"\b(?:{given})\.(?:data|cached_data|value|val)\b(?!\()", source) else []
    return [*sorted(scores, key=lambda kind: -scores[kind]), *more]


def misled(definition: Definition, outcome: Outcome) -> bool:
    """Whether the arguments may have caused a failure: another kind of array, other axes, missing arguments."""
    owner = re.match(r"'(\w+)' object has no attribute", outcome.message)
    own = owner is not None and owner[1] in definition.program and owner[1] not in _GIVEN
    mixed = re.search(r"unsupported operand type.*: '([\w.]+)' and '([\w.]+)'", outcome.message)
    if mixed and (mixed[1] in _GIVEN) != (mixed[2] in _GIVEN):  # it computes with a number class of its own
        return True
    lacking = _LACKING.match(outcome.message)
    if lacking and f"def {lacking[1]}" not in definition.program:  # a function of a library, in a call of the learner's
        return False
    return bool(_MISLED.search(outcome.message)) and not own and not outcome.message.startswith("module ")


def of_batches(source: str) -> bool:
    """Whether the text mentions an axis or the number of rows, which means that it takes batches.

    Axis 0 alone does not tell: it may be that of one row.
    """
    source = re.sub(r"\b(?:axis|dim)\s*=\s*0\b|\.(?:sum|mean|max|logsumexp|softmax|argmax)\(\s*0\s*\)", "", source)
    if re.search(r"\bmath\.(?:log|exp)\(", source):  # takes single numbers, so shape[0] may be the length of a row
        source = re.sub(r"range\(\w+\.(?:shape\[0\]|size\(0\))\)", "", source)
    return bool(re.search(_AXIS, source))
