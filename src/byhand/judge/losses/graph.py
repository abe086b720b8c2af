"""Whether autograd can go back from a loss to the prediction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.losses.slope import writes_gradient
from byhand.judge.model import Definition, Finding
from byhand.judge.session import Session


def cut(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """Whether a torch program without a gradient of its own gives a number, detaches, or goes by way of NumPy."""
    if form.container != "torch" or calls.signature.ends or writes_gradient(definition, bool(calls.signature.backward)):
        return
    reply = calls.call(session, definition, form, inputs, grad=True)
    back = (session.backward("@out", i).ok and session.leaves("@pred.grad") for i in range(len(reply.leaves)))
    if (reply.ok and not any(leaves and leaves[0].type != "None" for leaves in back)) or "numpy()" in reply.message:
        yield Finding("", "note", note="no gradient")
