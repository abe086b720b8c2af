"""Whether a program takes a prediction to be logits, by the parameter's name or by the operations on it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from byhand.judge.functions.names import spelt
from byhand.judge.model import Definition

_LOGITS = re.compile(r"_logits?_")
_SCORES = re.compile(r"_(?:scores?|z)_")
_PROBABILITY_NAMES = re.compile(
    r"_(?:log_?(?:softmax|likelihood)|logps?|logqs?|lp|lq|nll|p|q|probs?|proba|probabilit\w+)_"
)
"""Names of probabilities and of their logarithms."""
_PROBABILITIES = re.compile(
    r"(?<!log )(?<!log-)(?<!log_)(?<!unnormali[sz]ed )\bprob|softmax(?:ed| outputs?)|after (?:the )?softmax"
    r"|(?<!对数)概率"
)
"""In a docstring that calls a parameter probabilities."""
_EXPONENTIAL = re.compile(
    r"^(?:\w*softmax\w*|logsumexp|log_sum_exp|lse|exp|exp2|expm1|\w*sigmoid|expit|logaddexp|logaddexp2|softplus"
    r"|\w*with_logits\w*)$",
    re.IGNORECASE,
)
"""Functions that compute probabilities, or their normaliser, from logits."""
_LOGARITHM = re.compile(r"^(?:log|log2|log10|log1p|xlogy|nll_loss)$")
_SIZES = ("shape", "size", "ndim", "dim", "numel", "dtype", "device", "len", "range", "arange")
"""Attributes and functions that do not depend on an array's numbers."""
_SWITCH = re.compile(r"logits|softmax|sigmoid|normali[sz]|activation|probs?_|is_log")
"""In the names of options that say whether the prediction is logits."""


def called_logits(definition: Definition, name: str, *, by_text: bool = True) -> bool:
    """Whether a parameter is logits by its name, or, if the name leaves it open, by the operations on it.

    "logits" means logits; so do "scores" and "z" unless the docstring mentions probabilities. If there is an option
    such as ``from_logits``, it may be either.
    """
    words = spelt(name)
    if any(_SWITCH.search(option) for option in _options(definition)):
        return False
    if _LOGITS.search(words):
        return True
    others = [spelt(arg.arg) for function in _functions(definition) for arg in function.args.args if arg.arg != name]
    paired = "_z_" in words and any("_z_" in other for other in others)  # Z and Z_pred
    if _SCORES.search(words) and "_nll_" not in spelt(definition.name) and not paired:
        return not _PROBABILITIES.search((ast.get_docstring(definition.node) or "").lower())
    return by_text and not _PROBABILITY_NAMES.search(words) and _exponentiated(definition, name)


def _options(definition: Definition) -> Iterator[str]:
    for function in _functions(definition):
        arguments = function.args
        optional = [*arguments.posonlyargs, *arguments.args]
        optional = optional[len(optional) - len(arguments.defaults) :]
        yield from (arg.arg for arg in [*optional, *arguments.kwonlyargs])


def _functions(definition: Definition) -> list[ast.FunctionDef]:
    if isinstance(definition.node, ast.FunctionDef):
        return [definition.node]
    return [node for node in definition.node.body if isinstance(node, ast.FunctionDef)]


def _exponentiated(definition: Definition, name: str) -> bool:
    """Whether exp, softmax or the like is applied to the parameter, or to a value computed from it without a logarithm.

    Code under a condition does not count: it may be for another kind of input.
    """
    for function in _functions(definition):
        arguments = function.args
        if name not in {arg.arg for arg in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}:
            continue
        of_it = {name}
        for node in _unconditional(function):
            if isinstance(node, ast.Assign) and _mentions(node.value, of_it):
                of_it |= _named(*node.targets)
            elif isinstance(node, ast.For | ast.comprehension) and _mentions(node.iter, of_it):
                of_it |= _named(node.target)
            elif isinstance(node, ast.Call) and _EXPONENTIAL.search(_called(node)) and _mentions(node, of_it):
                return True
    return False


def _unconditional(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below in the order of evaluation, without conditional code and inner functions."""
    children = list(ast.iter_child_nodes(node))
    for child in sorted(children, key=lambda child: not isinstance(child, ast.comprehension)):
        if not isinstance(child, ast.If | ast.IfExp | ast.FunctionDef | ast.Lambda):
            yield child
            yield from _unconditional(child)


def _mentions(node: ast.AST, names: set[str]) -> bool:
    """Whether an expression depends on the numbers in one of the names, other than through a logarithm."""
    if isinstance(node, ast.Call) and (_LOGARITHM.search(_called(node)) or _called(node) in _SIZES):
        return False
    if isinstance(node, ast.Attribute) and node.attr in _SIZES:
        return False
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        made = [part for part in node.generators if _mentions(part.iter, names)]
        return _mentions(node.elt, names | {name for part in made for name in _named(part.target)})
    if isinstance(node, ast.Name):
        return node.id in names
    return any(_mentions(child, names) for child in ast.iter_child_nodes(node))


def _named(*targets: ast.expr) -> set[str]:
    """The names that an assignment or a loop binds."""
    return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def _called(node: ast.Call) -> str:
    """The last word of the called name: "exp" for ``np.exp(x)`` and ``x.exp()``."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
