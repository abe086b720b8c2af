"""A learner's optimizer, run on a stream of gradients in a session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.judge.model import FLOAT32, FLOAT64, Definition, Outcome
from byhand.judge.session import Iter, Ref, Reply, Session
from byhand.judge.tasks._optimizer_source import Parameter
from byhand.judge.tasks._optimizer_stream import Array, Stream, outcome
from byhand.judge.tasks._optimizer_ways import STORED, Way
from byhand.judge.tasks._optimizer_words import HYPER, STATES

KEYS = ("W1", "b1")
"""Names of the tensors where parameters are a dict."""
KINDS = {"value": "box"}
STATE_KINDS = {"box": "numpy", "value": "numpy", "parameter": "torch"}
"""What gradients and states are, where parameters are a container of another kind."""
BATCH = 10
"""Samples that an SGD with a batch size is told its gradient is the sum of."""
KEPT = ("params", "bias", "m", "v", "velocity", "t", "state", "config")
"""What a program may hand back for its next call."""


class Failed(Exception):
    """The learner's program does not go on; it has what is seen instead of numbers."""

    def __init__(self, seen: Outcome) -> None:
        super().__init__(seen.error)
        self.seen = seen


def observe(session: Session, definition: Definition, task: str, way: Way, stream: Stream) -> Outcome:
    """What the program makes of a stream; where one call moves one tensor, of each tensor's own stream."""
    streams = [stream] if way.together else [stream.only(i) for i in range(len(stream.theta))]
    rows: list[list[Array]] = []
    left: list[list[Array]] = []
    eps = FLOAT64
    for part in streams:
        running = Run(session, definition, task, way, part)
        try:
            running.begin()
            for k in range(len(part.gradients)):
                running.step(k)
        except Failed as failed:
            return replace(failed.seen, error="Count") if way.first == 0 else failed.seen
        if way.first == 0 and not all(np.isfinite(row).all() for path in running.rows for row in path):
            return Outcome(error="Count", message="the caller has to count from 1")
        if running.still:
            return Outcome(error="Shape", message="the result is not where it was looked for")
        rows += running.rows
        left += running.left
        eps = max(eps, running.eps)
    return replace(outcome(stream.theta, rows, left if stream.zero else []), scale={}, eps=eps)


class Run:
    """One instance of the program, and what it has given so far."""

    def __init__(self, session: Session, definition: Definition, task: str, way: Way, stream: Stream) -> None:
        self.session, self.definition, self.task, self.way, self.stream = session, definition, task, way, stream
        self.count = len(stream.theta)
        self.rows: list[list[Array]] = [[] for _ in stream.theta]
        self.left: list[list[Array]] = [[] for _ in stream.theta]
        self.eps = FLOAT64
        self.here = list(stream.theta)
        self.values: dict[str, object] = {}
        """What is handed over, by role."""
        self.rate = stream.rates[0] if stream.rates else stream.hyper["lr"]
        self.function = definition.name if way.shape.construct is None else f"by_opt.{way.shape.method}"

    def begin(self) -> None:
        """Put the parameters there and make the optimizer."""
        kind = KINDS.get(self.way.container, self.way.container)
        self.session.put("by_box", 0.0, "box")
        for i, theta in enumerate(self.stream.theta):
            self.session.put(f"by_p{i}", np.asarray(theta, np.float64), kind)
        self.values |= self._bundled("params", [Ref(f"by_p{i}") for i in range(self.count)])
        self._states()
        self.values |= {"batch": BATCH if self.task == "sgd" else 1, "key": "W1", "t": self.way.first}
        self.values["betas"] = (self.stream.hyper["beta1"], self.stream.hyper["beta2"])
        self.values |= {role: self.stream.hyper[role] for role in HYPER}
        self.values["lr"] = self.rate
        shapes = [theta.shape for theta in self.stream.theta]
        self.values["count"] = self.count if self.way.together else self.stream.theta[0].size
        self.values["shape"] = shapes if self.way.together else shapes[0]
        self._dicts()
        if self.way.slots:
            self.values["layer"] = self.session.put("by_layer", 0.0, "box")
            for (name, _), ref in zip(self.way.slots, self._refs(), strict=False):
                self.session.set(f"by_layer.{name}", ref)
        if self.way.shape.has("model"):
            self._call("by_model", "torch.nn.ParameterList", {"values": list(self._refs())})
            self.values["model"] = Ref("by_model")
        if self.way.shape.construct is not None:
            given = self._given(self.way.shape.construct)
            if self.stream.generator:
                given |= {p.name: Iter(self._refs()) for p in self.way.shape.construct if p.role == "params"}
            self._call("by_opt", self.definition.name, given)
        if self.stream.early:
            self._call("by_void", f"by_opt.{self.way.zero}", {})

    def step(self, k: int) -> None:
        """One step, and what is there after it."""
        self._set_rate(k)
        self._gradients(k)
        if "t" in self.values and isinstance(self.values["t"], int):
            self.values["t"] = self.way.first + k
        for i, method in enumerate(self.way.around):
            if i:
                reply = self._call("by_out", self.function, self._given(self.way.shape.arguments))
            if method:
                self._call("by_void", f"by_opt.{method}", {})
        self._result(reply)
        if self.stream.zero:
            self._call("by_void", f"by_opt.{self.way.zero}", {})
            for i, theta in enumerate(self.stream.theta):
                there = self.session.get(f"by_p{i}.grad")
                gone = np.full_like(theta, np.nan)
                self.left[i].append(gone if there is None else np.broadcast_to(there, theta.shape).astype(np.float64))

    def watched(self) -> Reply:
        """One more step with the gradients that are there, and which library functions it calls."""
        given = self._given(self.way.shape.arguments)
        return self.session.call("by_void", self.function, (), given, measure=True)

    @property
    def still(self) -> bool:
        """Whether a program that hands something back has moved nothing in place: its result is what it hands back."""
        if self.way.result or self.way.graded or not any(self.way.shape.returns) or len(self.stream.gradients) == 1:
            return False
        paths = zip(self.stream.theta, self.rows, strict=True)
        return all(np.array_equal(theta, row) for theta, path in paths for row in path)

    def _refs(self) -> list[Ref]:
        return [Ref(f"by_p{i}") for i in range(self.count)]

    def _bundled(self, role: str, items: list[Any]) -> dict[str, object]:
        """One tensor or several, as the way has them; lists and dicts stay the same objects from step to step."""
        bundle = self.way.bundle
        if bundle == "single":
            return {role: items[0]}
        if bundle == "pair":
            return {role: items[0], {"params": "bias", "grads": "dbias"}.get(role, role): items[-1]}
        content: object = list(items)
        if bundle == "dict":
            content = dict(zip(KEYS, items, strict=False))
            if self.way.prefixed and role == "grads":
                content = {f"d{key}": item for key, item in zip(KEYS, items, strict=False)}
            elif self.way.prefixed and role != "params":
                content |= {f"d{key}": item for key, item in zip(KEYS, items, strict=False)}
        self.session.set(f"by_box.{role}", content)
        return {role: Ref(f"by_box.{role}")}

    def _states(self) -> None:
        """Zeros like the parameters, where the caller keeps the states."""
        named = {p.role for p in self.way.shape.parameters} | {role for _, role in self.way.keys}
        kind = STATE_KINDS.get(self.way.container, self.way.container)
        pairs: list[list[Ref]] = [[] for _ in range(self.count)]
        for role in STATES[self.task]:
            if role in named or "state" in named or "config" in named:
                for i, theta in enumerate(self.stream.theta):
                    self.session.put(f"by_{role}{i}", np.zeros_like(theta), kind)
                    pairs[i].append(Ref(f"by_{role}{i}"))
                self.values |= self._bundled(role, [pair[-1] for pair in pairs])
        if pairs[0]:
            entries = [tuple(pair) if self.way.paired else pair[0] for pair in pairs]
            self.session.set("by_box.state", entries if self.way.together else entries[0])

    def _dicts(self) -> None:
        """The dicts of hyperparameters and states that the caller keeps."""
        roles = {p.role for p in self.way.shape.parameters}
        skipped = {*STATES[self.task], "t"} if self.way.empty else set()
        held = {key: self.values[role] for key, role in self.way.keys if role in self.values and role not in skipped}
        listed = "state" in roles and not ({role for _, role in self.way.keys} & set(STATES[self.task]))
        for role in ("state", "config"):
            if role in roles:
                if role == "config" or not listed:
                    self.session.set(f"by_box.{role}", held)
                self.values[role] = Ref(f"by_box.{role}")

    def _given(self, parameters: tuple[Parameter, ...]) -> dict[str, object]:
        """Arguments by name."""
        given = {p.name: self.values[p.role] for p in parameters if p.role in self.values}
        return given | {p.name: p.neutral for p in parameters if not p.role and p.required}

    def _set_rate(self, k: int) -> None:
        if not self.stream.rates or self.stream.rates[k] == self.rate:
            return
        self.rate = self.values["lr"] = self.stream.rates[k]
        if self.way.rate == "param_groups":
            self.session.call("by_group", "by_opt.param_groups.__getitem__", (0,))
            self.session.call("by_void", "by_group.__setitem__", ("lr", self.rate))
        elif self.way.rate != "argument":
            self.session.set(f"by_opt.{self.way.rate}", self.rate)
        elif any(role == "lr" for _, role in self.way.keys):
            key = next(key for key, role in self.way.keys if role == "lr")
            self.session.call("by_void", "by_box.config.__setitem__", (key, self.rate))

    def _gradients(self, k: int) -> None:
        kind = STATE_KINDS.get(self.way.container, self.way.container)
        refs: list[Ref | None] = []
        for i, gradient in enumerate(self.stream.gradients[k]):
            if gradient is None:
                refs.append(None)
            else:
                refs.append(self.session.put(f"by_g{i}", np.asarray(gradient, np.float64), kind))
            if self.way.graded:
                self.session.set(f"by_p{i}.grad", refs[-1])
        if not self.way.graded:
            self.values |= self._bundled("grads", refs)
        for (_, name), ref in zip(self.way.slots, refs, strict=False):
            self.session.set(f"by_layer.{name}", ref)
        if self.way.shape.has("pairs"):
            self.session.set("by_box.pairs", list(zip(refs, self._refs(), strict=True)))
            self.values["pairs"] = Ref("by_box.pairs")

    def _call(self, out: str, function: str, given: dict[str, object]) -> Reply:
        reply = self.session.call(out, function, (), given)
        if not reply.ok:
            raise Failed(reply.outcome)
        return reply

    def _result(self, reply: Reply) -> None:
        """Read what the step gave, and keep what the next one needs."""
        slots = self.way.result
        if STORED in slots:
            self._record([f"by_opt.{self.way.kept}"])
            return
        handles = ["by_out"] if len(slots) == 1 else [f"by_r{i}" for i in range(len(slots))]
        for i, (role, handle) in enumerate(zip(slots, handles, strict=True)):
            if len(slots) > 1:
                self._item(handle, i)
            if role in KEPT and role in self.values:
                self.values[role] = Ref(handle)
        if "delta" in slots:
            self._move(handles[slots.index("delta")])
        elif "params" in slots:
            self._record([h for h, role in zip(handles, slots, strict=True) if role in ("params", "bias")])
        elif self.way.slots:
            self._record([f"by_layer.{name}" for name, _ in self.way.slots])
        elif self.way.bundle in ("list", "dict") and not self.way.graded and self.way.shape.has("params"):
            self._record(["by_box.params"])
        else:
            self._record([ref.name for ref in self._refs()])

    def _item(self, handle: str, i: int) -> None:
        reply = self.session.call(handle, "by_out.__getitem__", (i,))
        if not reply.ok:
            raise Failed(Outcome(error="TypeError", message="the result is no tuple of as many parts"))

    def _move(self, handle: str) -> None:
        """Take the step that the program gave."""
        sign = 1.0 if self.way.added else -1.0
        size = sign if self.way.scaled else sign * self.rate
        steps = self._numbers([handle])
        self.here = [theta + size * delta for theta, delta in zip(self.here, steps, strict=True)]
        for i, theta in enumerate(self.here):
            self.rows[i].append(theta)
            if self.way.shape.has("params"):
                self.session.put(f"by_p{i}", theta, KINDS.get(self.way.container, self.way.container))
        self.values |= self._bundled("params", list(self._refs()))

    def _record(self, handles: list[str]) -> None:
        for i, array in enumerate(self._numbers(handles)):
            self.rows[i].append(array)

    def _numbers(self, handles: list[str]) -> list[Array]:
        """The tensors in these values, in their order and shapes."""
        found: list[NDArray[np.generic] | None] = []
        for handle in handles:
            leaves = len(self.session.leaves(handle)) if len(handles) < self.count else 1
            found += [self.session.get(handle, leaf) for leaf in range(min(leaves, 2 * self.count))]
        arrays = [array for array in found if array is not None]
        if len(arrays) == 1 < self.count and arrays[0].shape[:1] == (self.count,):
            arrays = list(arrays[0])
        if [array.shape for array in arrays] != [theta.shape for theta in self.stream.theta]:
            raise Failed(Outcome(error="Shape", message="the result is not of the shape of the parameters"))
        if any(array.dtype == np.float32 for array in arrays):
            self.eps = FLOAT32
        return [array.astype(np.float64) for array in arrays]
