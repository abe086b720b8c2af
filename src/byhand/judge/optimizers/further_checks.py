"""Further checks of an optimizer: storage, gradients, autograd graph, dtypes, defaults, calls of a library."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher

import numpy as np

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.spot import line_of
from byhand.judge.model import FLOAT32, Definition, Finding, Outcome
from byhand.judge.optimizers.groups import groups
from byhand.judge.optimizers.options import options
from byhand.judge.optimizers.reading import SCALARS, TORCH
from byhand.judge.optimizers.run import Failed, Run
from byhand.judge.optimizers.source import Source
from byhand.judge.optimizers.stream import GradientStream, after_step, round_stream
from byhand.judge.optimizers.ways import Way
from byhand.judge.optimizers.words import ZERO_GRADS
from byhand.judge.phrases import Text, equals
from byhand.judge.session import Ref, Session

PYTORCH = {
    "adam": {"betas": (0.9, 0.999), "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0},
    "adamw": {"betas": (0.9, 0.999), "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 1e-2},
}
"""PyTorch's defaults; those of lr and of momentum differ between libraries and are not compared."""

_NO_GRAD = re.compile(r"no_grad\(\):(?:\n[ \t][^\n]*)*?\.step\(")
_SINGLE = re.compile(r"\btorch\.float(32)?\b|\.float\(\)|\bnp\.float32\b")
"""How a text asks for single precision, whatever the precision of the parameters."""


def further_checks(session: Session, definition: Definition, task: str, way: Way, source: Source) -> Iterator[Finding]:
    """Run further steps, one of them measured, and check the text."""
    found: list[Finding] = []
    if way.shape.is_minimiser or way.shape.is_graph:
        yield from _defaults(definition, task, way)
        return
    try:
        for decay in (0.1, 0.0) if way.shape.has("weight_decay") else (0.1,):
            running = Run(session, definition, task, way, _stream(way, decay))
            running.begin()
            before = session.facts("@p0")
            running.step(0)
            found = found or list(_gradient(session, definition, way, running.stream, source))
        # If a state is the same object as the gradient, only a second step shows it.
        if not found and running.measured_step().ok:
            found = list(_gradient(session, definition, way, running.stream, source))
        yield from found
        yield from _graph(session, definition, way)
        if task != "sgd":
            yield from _dtype(session, definition, way, running, source)
        if way.container == "parameter" and before.get("ptr") != session.facts("@p0").get("ptr"):
            yield Finding("", "note", note="new storage")
        if re.search(r"\boptim\b", definition.program):
            yield from _library(running)
        yield from _closure(session, definition, task, way)
        if way.digits is None:  # rounding hides the effect of options
            yield from options(session, definition, task, way)
        yield from groups(session, definition, task, way)
    except Failed:
        pass
    yield from _defaults(definition, task, way)
    yield from _zero_grad(definition, way, source)


def of_error(task: str, definition: Definition, outcome: Outcome, source: Source) -> Finding | None:
    """The mistake of an attribute that is set under one name and read under another."""
    match = re.search(r"object has no attribute '(\w+)'", outcome.message)
    if outcome.error != "AttributeError" or match is None or f"'{definition.name}'" not in outcome.message:
        return None
    stored = (n for n in source.nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    kept = {n.attr for n in stored if ast.unparse(n.value) == "self"} - {match[1]}
    plain = match[1].replace("_", "").lower()
    if any(SequenceMatcher(None, plain, name.replace("_", "").lower()).ratio() >= 0.6 for name in kept):
        return Finding(page_id(task, "attribute-named-two-ways"), "mistake", outcome.line, yours=outcome.message)
    return None


def page_id(task: str, name: str) -> str:
    """The id of the page with this name for a task."""
    return next(page.id for page in clinic.pages(task) if page.name == name)


def _found(definition: Definition, task: str, name: str, yours: Text = "", formula: Text = "") -> Finding:
    id = page_id(task, name)
    line = line_of(definition, clinic.page(id))
    return Finding(id, "mistake", line, yours=yours, formula=formula)


def _stream(way: Way, decay: float) -> GradientStream:
    """Two steps in round numbers."""
    hyper = {"weight_decay": decay, **dict(way.fixed)}
    stream = round_stream(2 if way.together else 1, way.container in SCALARS, hyper)
    return way.fitted(stream if way.together else stream.only(0)).until(2)


def _gradient(
    session: Session, definition: Definition, way: Way, stream: GradientStream, source: Source
) -> Iterator[Finding]:
    """A mistake if the step changed a gradient, other than to zeros or None; a note if the gradient is an argument.

    An argument was made for this step alone. Gradients that are objects of an unknown class are not checked: only
    the class determines whether ``+=`` changes their numbers. So are tensors of torch in place of those of a framework
    that is not here.
    """
    elsewhere = way.in_grad and way.container in TORCH and not source.is_of_torch
    if (way.gradient_objects and not way.tensor_class) or elsewhere:
        return
    for k, given in enumerate(stream.gradients[0]):
        now = session.get(f"@p{k}.grad" if way.in_grad else f"@g{k}")
        if given is None or now is None or now.shape != given.shape or not now.any():
            continue
        if not np.array_equal(now, given) and not way.in_grad:
            yield Finding("", "note", note="changes its input")
            return
        if not np.array_equal(now, given):
            i = int(np.argmax(now != given))
            yours, formula = equals("gradient", now.flat[i]), equals("gradient", given.flat[i])
            yield _found(definition, "adam", "gradient-overwritten", yours, formula)
            return


def _graph(session: Session, definition: Definition, way: Way) -> Iterator[Finding]:
    """A finding if autograd recorded the step, or if the step fails without ``no_grad``."""
    apart = way.shape.construct is None or _called_without_graph(definition)
    if way.container == "torch" and way.in_grad:
        if apart:
            yield Finding("", "note", note="needs no_grad")
        else:
            yield _found(definition, "adam", "graph-grows")
    elif way.container == "parameter":
        recorded = [name for name in ("@p0", *_tensors(session)) if session.facts(name).get("graph")]
        if recorded:
            yield Finding("", "note", note="needs no_grad") if apart else _found(definition, "adam", "graph-grows")


def _called_without_graph(definition: Definition) -> bool:
    """Whether the step is called under ``no_grad``, by the program or by the trainer of d2l."""
    return "d2l" in definition.imports or _NO_GRAD.search(definition.program) is not None


def _tensors(session: Session) -> Iterator[str]:
    """Names in the session for the first tensor of each list that the optimizer keeps."""
    for i, (name, callable_) in enumerate(session.members("@opt").get("members", {}).items()):
        if callable_ is None and session.call(f"@a{i}", f"@opt.{name}.__getitem__", (0,)).ok:
            yield f"@a{i}"


def _dtype(session: Session, definition: Definition, way: Way, running: Run, source: Source) -> Iterator[Finding]:
    """An edge if states are float32 although the parameters are float64, and the text does not ask for float32."""
    if way.container not in TORCH or way.shape.construct is None or running.eps == FLOAT32:
        return
    if _SINGLE.search(source.text):
        return
    for name, callable_ in session.members("@opt").get("members", {}).items():
        leaves = session.leaves(f"@opt.{name}") if callable_ is None else ()
        if any(leaf.type == "torch.float32" and leaf.shape for leaf in leaves):
            id = page_id("adam", "moments-of-another-dtype")
            edge = "float64 parameters"
            yield Finding(id, "edge", line_of(definition, clinic.page(id)), edge, "torch.float32", "torch.float64")
            return


def _library(running: Run) -> Iterator[Finding]:
    """Notes about optimizers of torch that the step calls."""
    reply = running.measured_step()
    for name, line in reply.used:
        if name.startswith("torch.optim."):
            yield Finding("", "note", line, note="library", detail={"name": name})


def _closure(session: Session, definition: Definition, task: str, way: Way) -> Iterator[Finding]:
    """An edge if a step calls a closure, but does not use the gradient that the closure computes."""
    if way.container != "parameter" or not way.in_grad or not any(p.name == "closure" for p in way.shape.arguments):
        return
    stream = _stream(way, 0.1).until(1).only(0)
    (formula,) = Run(session, definition, task, way, stream).paths()
    running = Run(session, definition, task, way, stream)
    running.begin()
    closure = session.closure("@closure", [(Ref("@p0"), session.put("@g0", stream.gradients[0][0]))])
    reply = session.call("@void", running.function, (), {"closure": closure})
    now = session.get("@p0")
    expected = after_step("parameter 1", 0, formula[1])
    unseen = "does not require grad" in reply.message  # it called the closure under no_grad
    if not reply.ok and (unseen or reply.error in ("NameError", "UnboundLocalError")):
        yield Finding("", "edge", reply.line, "a closure", reply.outcome.sentence, expected)
    if reply.ok and now is not None and session.get("@p0.grad") is not None:  # it called the closure
        still = np.array_equal(now, formula[0]) and not np.array_equal(formula[0], formula[1])
        yield from [Finding("", "edge", None, "a closure", after_step("parameter 1", 0, now), expected)] * still


def _defaults(definition: Definition, task: str, way: Way) -> Iterator[Finding]:
    """A convention if a default differs from PyTorch's."""
    expected = PYTORCH.get(task, {})
    for parameter in way.shape.parameters:
        if parameter.default is not None and expected.get(parameter.role, parameter.default) != parameter.default:
            id = page_id(task, "defaults-differ")
            yours, formula = f"{parameter.name} = {parameter.default}", f"{expected[parameter.role]}"
            yield Finding(id, "convention", line_of(definition, clinic.page(id)), yours=yours, formula=formula)
            return


def _zero_grad(definition: Definition, way: Way, source: Source) -> Iterator[Finding]:
    """A finding if the method that clears the gradients has another name than zero_grad, or a misspelt one."""
    if way.in_grad and way.zero_grad not in ("", "zero_grad"):
        yield Finding("", "note", note="zero_grad of another name", detail={"name": way.zero_grad})
    if not way.in_grad or way.zero_grad or not way.shape.construct or source.is_optimizer_of_torch:
        return
    for node in source.classes:
        for part in node.body:
            name = getattr(part, "name", "")
            if name not in ZERO_GRADS and SequenceMatcher(None, name.lower(), "zero_grad").ratio() >= 0.75:
                id = page_id("adam", "zero-grad-misspelt")
                yield Finding(id, "mistake", part.lineno, yours=name, formula="zero_grad")
                return
