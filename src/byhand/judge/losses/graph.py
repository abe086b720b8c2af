"""Whether autograd can differentiate a loss with respect to the prediction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.losses.gradient_reading import writes_gradient
from byhand.judge.model import Definition, Finding
from byhand.judge.session import Session


def detached(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """A note if a torch program without a backward method returns a detached result or a number, or uses NumPy."""
    if form.container != "torch" or calls.signature.result_method:
        return
    if writes_gradient(definition, bool(calls.signature.backward)):
        return
    reply = calls.call(session, definition, form, inputs, grad=True)
    back = (session.backward("@out", i).ok and session.leaves("@pred.grad") for i in range(len(reply.leaves)))
    if (reply.ok and not any(leaves and leaves[0].type != "None" for leaves in back)) or "numpy()" in reply.message:
        yield Finding("", "note", note="no gradient")
