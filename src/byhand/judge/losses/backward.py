"""Whether the backward pass of a loss class gives a gradient: it may raise, lack a return, or not be written yet."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import numpy as np

from byhand.judge.functions.calls import Array, Calls, Form, numeric
from byhand.judge.functions.names import misled
from byhand.judge.functions.signatures import BACKWARD, every_method
from byhand.judge.model import Definition, Finding, Outcome
from byhand.judge.phrases import Text, equals, of_shape
from byhand.judge.reading.needs import meanings
from byhand.judge.session import Reply, Session

PAGE = "cross_entropy/backward-gives-nothing"


def backward_pass(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """A finding if the class has a backward pass that gave no gradient."""
    if not definition.is_class or calls.has_backward:
        return
    own = calls.signature.method == "apply"
    method = method_of(definition, "backward" if own else calls.signature.backward)
    if method is None:
        return
    if _unwritten(method) or _half_written(definition, method):
        yield Finding("", "note", method.lineno, note="backward not written", detail={"name": method.name})
        return
    if own and form.container == "torch" and calls.accepts_grad:
        replies = [_through_torch(session, definition, calls, form, inputs)]
    elif not own and calls.signature.backward:
        replies = list(_called(session, definition, calls, form, inputs))
    else:
        return
    expected = of_shape("gradient", np.shape(inputs["pred"]))
    failed = [reply.outcome for reply in replies if not reply.ok]
    if len(failed) < len(replies):
        if not _stores(method) and not any(numeric(leaf) for reply in replies for leaf in reply.leaves):
            yield Finding(PAGE, "mistake", method.lineno, "", equals("gradient", "None"), expected)
        return
    yield _failure(definition, method, failed[0], expected)


def _absent(definition: Definition, failure: Outcome) -> bool:
    """Whether it lacks a name that an import of something that is not here may bind."""
    name = re.search(r"name '(\w+)' is not defined", failure.message)
    imports = meanings(definition.statements).keys()
    return name is not None and (name[1] in definition.left or bool({name[1], "*"} & imports))


def _failure(definition: Definition, method: ast.FunctionDef, failure: Outcome, expected: Text) -> Finding:
    """A mistake if the method itself fails; only a note if the judge's arguments may have caused the failure."""
    if (
        misled(definition, failure) or _absent(definition, failure)
    ) and "incorrect number of gradients" not in failure.message:
        detail = {"name": method.name, "error": failure.sentence}
        return Finding("", "note", failure.line or method.lineno, note="backward not called", detail=detail)
    return Finding(PAGE, "mistake", failure.line or method.lineno, "", failure.sentence, expected)


def _called(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Reply]:
    """The method's answers to an incoming gradient of 1, as a number and as arrays, until one is accepted."""
    for seed in (1.0, np.ones(len(inputs["pred"])), np.ones(np.shape(inputs["pred"]))):
        if not calls.call(session, definition, form, inputs).ok:
            return
        given = seed if isinstance(seed, float) else session.put("@seed", seed, form.container)
        reply = calls.differentiate(session, form, given)
        yield reply
        if reply.ok or not any(ask not in calls.signature.inputs for ask in calls.signature.backward_parameters):
            return


def _through_torch(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Reply:
    """The answer if torch calls the method; without a gradient it has no leaves."""
    reply = calls.call(session, definition, form, inputs, grad=True)
    tensors = [i for i, leaf in enumerate(reply.leaves) if leaf.type.startswith("torch.float")]
    if not reply.ok or not tensors:
        return Reply(True, reply.leaves)
    reply = session.backward("@out", tensors[0])
    return reply if not reply.ok else Reply(True, session.leaves("@pred.grad"))


def method_of(definition: Definition, name: str) -> ast.FunctionDef | None:
    """The backward method of the class, or of a base class in the same program."""
    methods = every_method(definition).items()
    return next((node for own, node in methods if own == name or (not name and BACKWARD.match(own))), None)


def _unwritten(method: ast.FunctionDef) -> bool:
    """Whether its body is still empty: ``pass``, ``...``, a docstring, NotImplementedError."""
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Return) and ast.unparse(node) in ("return", "return None", "return NotImplemented"))
        or (isinstance(node, ast.Raise) and "NotImplemented" in ast.unparse(node))
        for node in method.body
    )


def _half_written(definition: Definition, method: ast.FunctionDef) -> bool:
    """Whether it is inherited, and calls a method of the object that is not written."""
    if any(method is node for node in ast.walk(definition.node)):
        return False
    calls = (node.func for node in ast.walk(method) if isinstance(node, ast.Call))
    called = {f.attr for f in calls if isinstance(f, ast.Attribute) and ast.unparse(f.value) == "self"}
    return not called <= every_method(definition).keys()


def _stores(method: ast.FunctionDef) -> bool:
    """Whether it stores its gradient in an attribute or an argument, or passes it on to another backward method."""
    given = {arg.arg for arg in method.args.args}
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            root: ast.expr = node
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name) and root.id in given:
                return True
        if isinstance(node, ast.Call) and re.search(r"\.(?:backward|append|copy_|add_)$", ast.unparse(node.func)):
            return True
    return False
