"""How to call a learner's function or loss class with two inputs, and the values of its other parameters."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from byhand.judge.functions.names import SMOOTHING, TEMPERATURE, WEIGHTS, target_place, target_weight
from byhand.judge.model import HUGE, Definition, defaults, named_parameters

__all__ = [
    *("BACKWARD", "Signature", "constructor", "every_method", "of_itself", "paired", "refusal", "signature"),
    "smoothing",
]

_CALLED = (
    "forward",
    "forward_pass",
    "__call__",
    "call",
    "loss",
    "fn",
    "compute",
    "calculate",
    "calc",
    "compute_loss",
    "score",
    "updateOutput",
    "update_output",
)
_LOSSES = ("get_loss", "loss", "compute_loss", "calculate_loss", "calc_loss", "cal_loss", "cost", "criterion")
"""Names of the methods of a layer that return its loss for given labels."""
_GATHER = ("update", "update_state", "add", "add_batch", "accumulate", "append", "feed", "step", "__call__", "forward")
_ENDS = ("compute", "result", "value", "get", "score", "auc", "evaluate", "calculate", "finalize", "average", "mean")
"""Names of the methods that feed a metric; names of those that return its result."""
BACKWARD = re.compile(
    r"(?:backward(?:_pass)?|bprop|(?:get_|calc_|compute_|calculate_|evaluate_|eval_|loss_|_)?(?:grad(?:ient)?s?|deriv(?:ative)?|prime)(?:_input|_loss)?"
    r"|d_?loss|loss_prime|delta|updateGradInput|update_grad_input|反向传播|反向|梯度|求梯度|求导)$"
)
"""Names of methods that return the gradient."""
_FILL: Mapping[str, object] = {
    **dict.fromkeys(("axis", "dim"), -1),
    **dict.fromkeys(("eps", "epsilon", "delta", "smooth", "smoothing"), 0.0),
    **dict.fromkeys(("reg", "reg_strength", "lambd", "lambda_", "lam", "l2", "l2_reg", "weight_decay"), 0.0),
    "ignore_index": -100,
    "base": math.e,
    **dict.fromkeys(("num_classes", "n_classes", "n_class", "num_class", "class_num", "classes", "C", "K"), "K"),
    **dict.fromkeys(("n", "m", "N", "n_samples", "num_samples", "batch_size", "num_examples"), "N"),
    **dict.fromkeys(("t", "T", "tau", "temp", "temperature"), 1.0),
    **dict.fromkeys(("reduction", "reduce"), "mean"),
}
"""Values for required parameters besides the inputs; "K" and "N" are the numbers of columns and rows."""
_LINEAR: Sequence[tuple[tuple[str, ...], object]] = (
    (("W", "w", "weights", "weight", "theta", "Theta", "权重"), "logits"),
    (("X", "x", "Xs", "inputs", "features", "data", "images", "特征"), "I"),
    (("b", "bias", "biases", "偏置"), "0"),
)
"""Parameters of a linear model before its loss. The data are the identity matrix, so that the weights are the logits
and have their gradient; biases are zeros, one per class."""
_LEAST = 0.005
"""The smallest default of label smoothing; constants added under a logarithm are smaller."""


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
    """For a class: the method to call; "apply" for an autograd function; "" for a function."""
    backward: str = ""
    """For a class: the method that returns the gradient, "" if there is none."""
    backward_parameters: tuple[str, ...] = ()
    """The required parameters of that method."""
    result_method: str = ""
    """For a metric, which collects its inputs in :attr:`method`: the method that returns the result."""
    inputs_in_constructor: bool = False
    """Whether the constructor takes the inputs, and the method takes none."""
    forward_method: str = ""
    """A method that is called first, with the prediction; its result is passed to :attr:`method`."""
    pairs_parameter: str = ""
    """The single parameter that takes both inputs, as a list of pairs; "" if each input has its own."""
    single: bool = False
    """Whether its only input is the prediction, and the target too, as for an entropy."""
    returned: tuple[str, ...] = ()
    """The parts of the tuple that it returns, as they are written; () if it returns no tuple."""
    target_alone: bool = False
    """Whether :attr:`method` takes only the target, since :attr:`forward_method` keeps the prediction."""


def signature(definition: Definition) -> Signature | None:
    """How to call it with two inputs; None if that is not possible."""
    if isinstance(definition.node, ast.FunctionDef):
        return _signature(definition.node, (), "")
    if any("Function" in ast.unparse(base) for base in definition.node.bases):
        forward = definition.method("forward")
        return _signature(forward, (), "apply", skip=1) if forward else None
    methods = every_method(definition)
    made = methods.get("__init__")
    if made is not None and any(name not in _FILL for name in _required(made)):
        return _with_inputs_in_constructor(definition, made, methods)
    metric = _metric(definition, _optional(made) if made else ())
    if metric is not None:
        return metric
    for name in _callable(definition, methods):
        found = _signature(methods[name], _optional(made) if made else (), name)
        if found is not None:
            found = replace(found, **_gradient(methods, name, found.inputs))
            return _with_forward(_with_call(found, methods), methods)
    return _of_target_alone(methods, _optional(made) if made else ())


def paired(definition: Definition) -> Signature | None:
    """How to call a function with one parameter that is a list of pairs, which it unpacks; None if it has none."""
    node = definition.node
    inputs = [name for name in _required(node) if name not in _FILL] if isinstance(node, ast.FunctionDef) else []
    if len(inputs) != 1 or not isinstance(node, ast.FunctionDef):
        return None
    name = re.escape(inputs[0])
    unpacked = (
        rf"for \(?\w+, \w+\)? in (?:\w+\()*{name}\b",
        r"lambda \w+: \(?-?\w+\[-?[01]\]",
        rf"\b{name}\[[^\]]*\]\[[01]\]|\b{name}\[:, [01]\]",
    )
    text = ast.unparse(node)
    if re.search(rf"\b{name}\[[^\]]*, ?[2-9]\]|\b{name}\.shape\[1\] == [3-9]", text):
        return None  # there are more columns
    if not any(re.search(pattern, text) for pattern in unpacked):
        return None
    fill = tuple((one, _FILL[one]) for one in _required(node) if one in _FILL)
    names = re.search(rf"for \(?(\w+), (\w+)\)? in {name}\b", text)
    parts = (names[1], names[2]) if names and "_" not in names.groups() else ("first", "second")
    return Signature(parts, fill, tuple(_optional(node)), pairs_parameter=inputs[0], returned=_parts(node))


def of_itself(definition: Definition) -> Signature | None:
    """How to call a function of one input that is prediction and target; None if it has more."""
    node = definition.node
    inputs = [name for name in _required(node) if name not in _FILL] if isinstance(node, ast.FunctionDef) else []
    if len(inputs) != 1 or not isinstance(node, ast.FunctionDef):
        return None
    fill = tuple((one, _FILL[one]) for one in _required(node) if one in _FILL)
    return Signature((inputs[0], inputs[0]), fill, tuple(_optional(node)), single=True)


def every_method(definition: Definition) -> dict[str, ast.FunctionDef]:
    """The methods of a class, including those inherited from classes of the same program."""
    classes = {node.name: node for node in definition.statements if isinstance(node, ast.ClassDef)}
    found: dict[str, ast.FunctionDef] = {}
    visited, waiting = set(), [definition.node]
    while waiting:
        node = waiting.pop(0)
        if node.name in visited:
            continue
        visited.add(node.name)
        for part in node.body:
            if isinstance(part, ast.FunctionDef):
                found.setdefault(part.name, part)
        bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
        waiting += [classes[base] for base in bases if base in classes]
    return found


def constructor(definition: Definition) -> dict[str, object]:
    """Values for the required parameters of ``__init__`` besides the inputs."""
    made = every_method(definition).get("__init__") if definition.is_class else None
    return {name: _FILL[name] for name in _required(made) if name in _FILL} if made else {}


def smoothing(definition: Definition) -> list[str]:
    """Options of the function or the constructor that smooth labels, by their names or by their use in the text."""
    made = definition.node if isinstance(definition.node, ast.FunctionDef) else definition.method("__init__")
    return _smooth(made, definition.name, definition.node) if made else []


def _smooth(node: ast.FunctionDef, name: str, whole: ast.AST | None = None) -> list[str]:
    """Options that smooth labels; under other names if the default is large enough and the text has 1 − option."""
    text = ""
    if any(_LEAST <= _number(node, option) < 1 for option in _optional(node)):
        text = ast.unparse(whole or node)
    names = {*SMOOTHING, *(("eps", "epsilon", "alpha") if "smooth" in name.lower() else ())}
    return [
        option
        for option in _optional(node)
        if option in names
        or (
            re.fullmatch(r"eps|epsilon|alpha|ls|smooth\w*|label_\w+", option)
            and _LEAST <= _number(node, option) < 1
            and re.search(rf"\b1(?:\.0?)? - (?:self\.)?_?{option}\b", text)
            and not re.search(rf"cl(?:ip|amp)\w*\([^\n]*\b{option}\b", text)
        )
    ]


def _number(node: ast.FunctionDef, name: str) -> float:
    """The default of a parameter, 0 if it is not a number."""
    values = [v.value for arg, v in defaults(node) if arg.arg == name and isinstance(v, ast.Constant)]
    return next((float(value) for value in values if isinstance(value, int | float) and abs(value) <= HUGE), 0.0)


def _callable(definition: Definition, methods: Mapping[str, ast.FunctionDef]) -> list[str]:
    """Names of the methods that may compute the loss, likely ones first, inherited ones last."""
    own = [node.name for node in definition.node.body if isinstance(node, ast.FunctionDef)]
    public = [name for name in own if not name.startswith("_") and not BACKWARD.match(name)]
    likely = [*(name for name in _CALLED if name in own), *(public if len(public) == 1 else [])]
    return [*likely, *(name for name in _CALLED if name in methods and name not in own)]


def _with_inputs_in_constructor(
    definition: Definition, made: ast.FunctionDef, methods: Mapping[str, ast.FunctionDef]
) -> Signature | None:
    """How to call a class whose constructor takes the two inputs: by a method without required parameters."""
    found = _signature(made, (), "__init__")
    for name in _callable(definition, methods) if found else ():
        if found and name != "__init__" and not _required(methods[name]):
            return replace(found, method=name, inputs_in_constructor=True, **_gradient(methods, name, found.inputs))
    return None


def _with_call(found: Signature, methods: Mapping[str, ast.FunctionDef]) -> Signature:
    """The signature with ``__call__`` as its method, if that stores what the backward method reads."""
    call, backward = methods.get("__call__"), methods.get(found.backward)
    if call is None or backward is None or call.args.vararg is None or found.fill:
        return found
    kept = _attributes(call, ast.Store) - _attributes(methods[found.method], ast.Store)
    return replace(found, method="__call__") if kept & _attributes(backward, ast.Load) else found


def _with_forward(found: Signature, methods: Mapping[str, ast.FunctionDef]) -> Signature:
    """The signature with its forward method, if one with a single input stores what the backward method reads."""
    backward = methods.get(found.backward)
    for name in ("forward", "__call__", "call", "predict"):
        node = methods.get(name)
        if backward is None or node is None or name == found.method or len(_required(node)) != 1:
            continue
        kept = _attributes(node, ast.Store) - _attributes(methods[found.method], ast.Store)
        if kept & _attributes(backward, ast.Load):
            target = target_place(found.inputs)
            pair = list(found.inputs)
            pair[1 - (1 if target is None else target)] = _required(node)[0]
            return replace(found, inputs=(pair[0], pair[1]), forward_method=name)
    return found


def _of_target_alone(methods: Mapping[str, ast.FunctionDef], more: Sequence[str]) -> Signature | None:
    """How to call a loss layer: ``forward(x)`` keeps the probabilities, and ``get_loss(labels)`` reads them."""
    forward = next((methods[name] for name in ("forward", "__call__") if name in methods), None)
    for name in _LOSSES if forward and len(_required(forward)) == 1 else ():
        node = methods.get(name)
        if forward is None or node is None or len(_required(node)) != 1:
            continue
        if _attributes(forward, ast.Store) & _attributes(node, ast.Load):
            inputs = (_required(forward)[0], _required(node)[0])
            given = {"forward_method": forward.name, "target_alone": True, **_gradient(methods, name, inputs)}
            return Signature(inputs, (), tuple(more), name, returned=_parts(node), **given)
    return None


def _attributes(node: ast.FunctionDef, context: type[ast.expr_context]) -> set[str]:
    """Attributes that are read or assigned, by ``context``."""
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute) and isinstance(part.ctx, context)}


def _metric(definition: Definition, more: Sequence[str]) -> Signature | None:
    """How to call a metric, which takes its inputs in one method and returns the result in another."""
    own = {node.name: node for node in definition.node.body if isinstance(node, ast.FunctionDef)}
    ends = next((name for name in _ENDS if name in own and not _required(own[name])), "")
    for name in _GATHER:
        gathers = name in own and not (name in _CALLED and _returns(own[name]))
        found = _signature(own[name], more, name) if ends and gathers else None
        if found is not None:
            return replace(found, result_method=ends)
    return None


def _returns(node: ast.FunctionDef) -> bool:
    return any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node))


def _gradient(methods: Mapping[str, ast.FunctionDef], called: str, inputs: Sequence[str]) -> dict[str, Any]:
    """The method that returns the gradient, if it has two required parameters, or the inputs and one more."""
    for name, node in methods.items():
        if BACKWARD.match(name) and name != called:
            required = _required(node)
            if len(required) <= 2 or len([parameter for parameter in required if parameter not in inputs]) <= 1:
                return {"backward": name, "backward_parameters": tuple(required)}
    return {}


def _signature(node: ast.FunctionDef, more: Sequence[str], method: str, skip: int = 0) -> Signature | None:
    static = any(ast.unparse(d) == "staticmethod" for d in node.decorator_list)
    required = _required(node)[skip if static else 0 :]
    optional = _optional(node)
    if not static and skip:
        required = required[1:] if required[:1] == ["ctx"] else required
    linear = _linear(node, [name for name in required if name not in _FILL])
    unused = _unused(node, required)
    inputs = [name for name in required if name not in _FILL and name not in linear]
    if len(inputs) > 2:
        inputs = [name for name in inputs if name not in unused]
    for name in [*(name for name in required if name in _FILL), *optional]:
        if len(inputs) < 2 and name.lower() in WEIGHTS:
            inputs = [n for n in (*required, *optional) if n in (*inputs, name)]
    if len(inputs) != 2:
        return None
    fill = tuple((name, _FILL[name]) for name in required if name in _FILL and name not in inputs)
    fill += tuple(linear.items())
    fill += tuple((name, None) for name in unused if name not in (*_FILL, *linear, *inputs))
    fill += tuple((name, 0.0) for name in _smooth(node, node.name) if name not in inputs)
    fill += tuple((name, 1.0) for name in optional if name in TEMPERATURE and name not in inputs)
    rest = tuple(name for name in optional if name not in inputs)
    return Signature((inputs[0], inputs[1]), fill, (*rest, *more), method, returned=_parts(node))


def _parts(node: ast.FunctionDef) -> tuple[str, ...]:
    """The parts of the tuple in its last return statement, as they are written."""
    found = [part for part in ast.walk(node) if isinstance(part, ast.Return)]
    value = max(found, key=lambda part: part.lineno).value if found else None
    return tuple(map(ast.unparse, value.elts)) if isinstance(value, ast.Tuple) else ()


def _unused(node: ast.FunctionDef, required: Sequence[str]) -> list[str]:
    """Parameters that the body does not mention."""
    used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return [name for name in required if name not in used]


def _linear(node: ast.FunctionDef, required: Sequence[str]) -> dict[str, object]:
    """Values for the data and biases of a linear model, if it multiplies data by weights and has one more input."""
    found = {role: name for names, role in _LINEAR for name in required if name in names}
    if len(required) != len(found) + 1 or not {"logits", "I"} <= found.keys():
        return {}
    if not any(sides == (found["I"], found["logits"]) for sides in _products(node)):
        return {}
    return {name: role for role, name in found.items() if role != "logits"}


def _products(node: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """The names of each two factors that it multiplies as matrices, or passes side by side to a function.

    A part of a matrix, such as one of its rows, counts as the matrix. ``b.T @ a.T`` counts as ``a @ b``.
    """
    for part in ast.walk(node):
        sides: list[ast.expr] = []
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.MatMult):
            sides = [part.left, part.right]
        elif isinstance(part, ast.Call) and not ast.unparse(part.func).endswith("linear"):  # it takes b.T
            method = isinstance(part.func, ast.Attribute) and part.func.attr in ("dot", "mm", "matmul", "mv")
            sides = [*([part.func.value] if method and isinstance(part.func, ast.Attribute) else []), *part.args]
        for left, right in pairwise(sides):
            (a, turned), (b, also) = _factor(left), _factor(right)
            if turned and (also or isinstance(right, ast.Subscript)):
                yield b, a
            elif not also:
                yield a, b


def _factor(node: ast.expr) -> tuple[str, bool]:
    """The name of a matrix of which an expression is a part or another shape, and whether it is transposed."""
    turned = False
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        turned ^= isinstance(node, ast.Attribute) and node.attr in ("T", "t", "transpose")
        node = node.func if isinstance(node, ast.Call) else node.value
    return (node.id if isinstance(node, ast.Name) else ""), turned


def refusal(definition: Definition) -> str:
    """The parameters without a known meaning, because of which it can't be called; "" if there are none."""
    if isinstance(definition.node, ast.FunctionDef):
        inputs = [name for name in _required(definition.node) if name not in _FILL]
    else:
        methods = every_method(definition)
        made = methods.get("__init__")
        inputs = [name for name in _required(made) if name not in _FILL] if made else []
        name = next(iter(_callable(definition, methods)), "")
        inputs = inputs or ([part for part in _required(methods[name]) if part not in _FILL] if name else [])
    if len(inputs) <= 2:
        return ", ".join(inputs)
    known = [name for name in inputs if target_weight(name) is not None]
    return ", ".join(name for name in inputs if name not in known[:2]) if len(known) >= 2 else ", ".join(inputs[2:])


def _required(node: ast.FunctionDef) -> list[str]:
    """Names of the parameters without a default, without self."""
    positional = [*node.args.posonlyargs, *node.args.args]
    names = [arg.arg for arg in positional[: len(positional) - len(node.args.defaults)]]
    names += [arg.arg for arg, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is None]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _optional(node: ast.FunctionDef) -> list[str]:
    required = _required(node)
    return [name for name in named_parameters(node) if name not in required]
