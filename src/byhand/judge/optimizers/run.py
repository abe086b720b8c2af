"""A learner's optimizer, run on a stream of gradients in a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from byhand.judge.compare import close
from byhand.judge.model import FLOAT32, FLOAT64, Definition, Outcome
from byhand.judge.optimizers.given import Given
from byhand.judge.optimizers.objects import KEYS
from byhand.judge.optimizers.reading import STORED, TORCH
from byhand.judge.optimizers.shape import TENSOR, Maker
from byhand.judge.optimizers.stream import Array, GradientStream, after_step, outcome
from byhand.judge.optimizers.ways import Way
from byhand.judge.phrases import Text
from byhand.judge.session import Iter, Ref, Reply, Session

KEPT = ("params", "bias", "m", "v", "velocity", "bias m", "bias v", "bias velocity", "t", "state", "config")
"""What a program may hand back for its next call."""


class Failed(Exception):
    """The learner's program does not go on; it has what is seen instead of numbers."""

    def __init__(self, observed: Outcome) -> None:
        super().__init__(observed.error)
        self.observed = observed


def observe(session: Session, definition: Definition, task: str, way: Way, stream: GradientStream) -> Outcome:
    """What the program makes of a stream; where one call moves one tensor, of each tensor's own stream."""
    streams = [stream] if way.together else [stream.only(i) for i in range(len(stream.theta))]
    rows: list[list[Array]] = []
    left: list[list[Array]] = []
    eps = FLOAT64
    for part in streams:
        running = Run(session, definition, task, way, part)
        try:
            running.walk()
        except Failed as failed:
            return replace(failed.observed, error="Count") if way.first == 0 else failed.observed
        if way.first == 0 and not all(np.isfinite(row).all() for path in running.rows for row in path):
            return Outcome(error="Count", message="the caller has to count from 1")
        if running.still:
            return Outcome(error="Shape", message="")
        rows += running.rows
        left += running.left
        eps = max(eps, running.eps)
    return replace(outcome(stream, rows, left if stream.zero else []), scale={}, eps=eps)


def alike(one: Sequence[Array], other: Sequence[Array]) -> bool:
    """Whether two runs go the same ways, in single precision."""
    pairs = zip(one, other, strict=True)
    return all(close(a, b, FLOAT32, np.maximum.accumulate(np.abs(b))) for a, b in pairs)


def apart(one: Sequence[Array], other: Sequence[Array]) -> tuple[Text, Text]:
    """Where two runs first differ: the learner's tensor and the one that it should be."""
    for step in range(1, len(one[0])):
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            if not alike([a[: step + 1]], [b[: step + 1]]):
                name = f"parameter {i + 1}"
                return after_step(name, step - 1, a[step]), after_step(name, step - 1, b[step])
    return "", ""


class Run:
    """One instance of the program, and what it has given so far."""

    def __init__(self, session: Session, definition: Definition, task: str, way: Way, stream: GradientStream) -> None:
        self.session, self.definition, self.task, self.way, self.stream = session, definition, task, way, stream
        self.count = len(stream.theta)
        self.rows: list[list[Array]] = [[] for _ in stream.theta]
        self.left: list[list[Array]] = [[] for _ in stream.theta]
        self.eps = FLOAT64
        self.here = list(stream.theta)
        self.given = Given(session, task, way, stream, f"{definition.name}.__self__")
        made = way.shape.path or f"@opt.{way.shape.method}"
        self.function = definition.name if way.shape.construct is None else made

    def begin(self) -> None:
        """Put the parameters there and make the optimizer; state of the program's top level begins anew too."""
        if self.way.outside:
            self.session.reload()
        self.given.begin()
        makers = self.way.makers
        self._make([maker for maker in makers if not maker.path.startswith("@")])
        if self.way.shape.construct is not None:
            given = self.given.arguments(self.way.shape.construct)
            if self.stream.generator:
                items = Iter(zip(KEYS, self.given.refs, strict=False) if self.way.shape.entries else self.given.refs)
                given |= {p.name: items for p in self.way.shape.construct if p.role == "params"}
            if self.stream.group is not None:
                *most, last = self.given.refs
                both = [{"params": most}, {"params": [last], **dict(self.stream.group)}]
                given |= {p.name: both for p in self.way.shape.construct if p.role == "params"}
            self._call("@opt", self.definition.name, given)
            self._parts()
        self._make([maker for maker in makers if maker.path.startswith("@")])
        if self.stream.early:
            self._call("@void", f"@opt.{self.way.zero}", {})

    def _make(self, makers: Sequence[Maker]) -> None:
        """Have the state and the configuration made that the caller keeps."""
        for maker in makers:
            self._call(f"@{maker.role}", maker.path, self.given.arguments(maker.given))
            self.given.values[maker.role] = Ref(f"@{maker.role}")

    def _parts(self) -> None:
        """Tell an object its parameters; take apart what a function has made."""
        name, parameters = self.way.shape.setup
        if name:
            self._call("@void", f"@opt.{name}", self.given.arguments(parameters))
        for handle, place in self.way.shape.parts:
            self._item(handle, "@opt", place)

    def step(self, k: int) -> None:
        """One step, and what is there after it."""
        self.given.step(k)
        for i, method in enumerate(self.way.around):
            if i:
                reply = self._call("@out", self.function, self.given.arguments(self.way.shape.arguments))
            if method:
                self._call("@void", f"@opt.{method}", {})
        self._result(reply, k in self.stream.observed)
        if self.stream.zero:
            self._call("@void", f"@opt.{self.way.zero}", {})
            for i, theta in enumerate(self.stream.theta):
                there = self.session.get(f"@p{i}.grad")
                # toys know no None: a gradient of 0.0 is how they forget
                if there is None or (self.way.container not in TORCH and not there.any()):
                    there = np.full_like(theta, np.nan)
                if there.shape not in ((), theta.shape):
                    raise Failed(Outcome(error="Shape", message="the gradient is not of the shape of the parameter"))
                self.left[i].append(np.broadcast_to(there, theta.shape).astype(np.float64))

    def walk(self) -> None:
        """All steps, from the beginning."""
        if self.way.shape.asks:
            self._minimise()
            return
        self.begin()
        for k in range(len(self.stream.gradients)):
            self.step(k)

    def _minimise(self) -> None:
        """All steps in one call of a program that asks for the gradients itself; where it asks is where it is."""
        steps = len(self.stream.gradients)
        self.given.begin()
        kind = self.way.container
        rows = [np.asarray(row[0], np.float64) for row in self.stream.gradients]
        gradients = [self.session.put(f"@g{k}", row, kind) for k, row in enumerate(rows)]
        self.given.values["gradient of"] = self.session.oracle("@gradient", gradients)
        self.given.values["objective"] = self.session.oracle("@objective", [self.session.put("@zero", 0.0, "scalar")])
        self.given.values |= {"steps": steps + 1, "tolerance": 0.0}
        if self.way.shape.construct is not None:
            self._call("@opt", self.definition.name, self.given.arguments(self.way.shape.construct))
        self._call("@out", self.function, self.given.arguments(self.way.shape.arguments))
        leaves = self.session.leaves("@gradient.seen")
        found = [self.session.get("@gradient.seen", i) for i in range(len(leaves))]
        points = [point for one in found if one is not None for point in (one if one.ndim > rows[0].ndim else [one])]
        if len(points) != steps + 1 or any(np.shape(point) != rows[0].shape for point in points):
            raise Failed(Outcome(error="Shape", message=f"the gradient was asked for {len(points)} times"))
        if not np.array_equal(points[0], self.stream.theta[0]):
            raise Failed(Outcome(error="Shape", message="the gradient was not asked for where it begins"))
        self.rows[0] += [np.asarray(point, np.float64) for point in points[1:]]

    def whole(self) -> list[Array]:
        """Where each tensor starts and where it is after each step."""
        self.walk()
        return [np.stack([start, *path]) for start, path in zip(self.stream.theta, self.rows, strict=True)]

    def watched(self) -> Reply:
        """One more step with the gradients that are there, and which library functions it calls."""
        given = self.given.arguments(self.way.shape.arguments)
        return self.session.call("@void", self.function, (), given, measure=True)

    @property
    def still(self) -> bool:
        """Whether a program has moved nothing in place that hands something back, or that moves only chosen layers.

        Its result is then what it hands back; and a layer of ours is none that it would choose.
        """
        layout, result = self.way.shape.layout, self.way.result or self.way.graded or not any(self.way.shape.returns)
        if not (layout and layout.picked) and (result or len(self.stream.gradients) == 1):
            return False
        paths = zip(self.stream.theta, self.rows, strict=True)
        return all(np.array_equal(theta, row) for theta, path in paths for row in path)

    def _call(self, out: str, function: str, given: dict[str, object]) -> Reply:
        reply = self.session.call(out, function, (), given)
        if not reply.ok:
            raise Failed(reply.outcome)
        return reply

    def _result(self, reply: Reply, read: bool) -> None:
        """Keep what the next step needs, and read what this one gave where it is looked at, or is ours to move."""
        slots = self.way.result
        if STORED in slots:
            if read:
                self._record([f"@opt.{self.way.kept}"])
            return
        handles = ["@out"] if len(slots) == 1 else [f"@r{i}" for i in range(len(slots))]
        for i, (role, handle) in enumerate(zip(slots, handles, strict=True)):
            if len(slots) > 1:
                self._item(handle, "@out", i)
            if (role in KEPT or role.startswith(TENSOR)) and role in self.given.values:
                self.given.values[role] = Ref(handle)
        if "delta" in slots and not self.way.shape.read:
            self._move(handles[slots.index("delta")])
        elif not read:
            return
        elif self.way.shape.read:
            reply = self.session.call("@now", self.way.shape.read, (self.given.values["state"],))
            if not reply.ok:
                raise Failed(reply.outcome)
            self._record(["@now"])
        elif all(role.startswith(TENSOR) for role in slots) and slots:
            self._record([handle for _, handle in sorted(zip(slots, handles, strict=True))])
        elif "params" in slots:
            self._record([h for h, role in zip(handles, slots, strict=True) if role in ("params", "bias")])
        elif self.way.shape.layout:
            self._record(self.given.objects.places)
        elif self.way.bundle == "lists":
            self._record(["@box.params", "@box.bias"])
        elif self.way.shape.entries:
            self._record([ref.name for ref in self.given.refs])
        elif self.way.together and self.way.bundle != "pair" and not self.way.graded and self.way.shape.has("params"):
            self._record(["@box.params"])
        else:
            self._record([ref.name for ref in self.given.refs])

    def _item(self, handle: str, of: str, place: int | str) -> None:
        reply = self.session.call(handle, f"{of}.__getitem__", (place,))
        if not reply.ok:
            raise Failed(Outcome(error="TypeError", message="the result is no tuple of as many parts"))

    def _move(self, handle: str) -> None:
        """Take the step that the program gave."""
        sign = 1.0 if self.way.added else -1.0
        size = sign if self.way.scaled else sign * self.given.rate
        steps = self._numbers([handle])
        self.here = [theta + size * delta for theta, delta in zip(self.here, steps, strict=True)]
        for i, theta in enumerate(self.here):
            self.rows[i].append(theta)
        self.given.put(self.here)

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
        if self.way.bundle == "lists" and len(arrays) == self.count:  # weights and biases by turns
            half = self.count // 2
            arrays = [array for pair in zip(arrays[:half], arrays[half:], strict=True) for array in pair]
        if [array.shape for array in arrays] != [theta.shape for theta in self.stream.theta]:
            raise Failed(Outcome(error="Shape", message=", ".join(f"shape {array.shape}" for array in arrays)))
        if any(array.dtype == np.float32 for array in arrays):
            self.eps = FLOAT32
        return [array.astype(np.float64) for array in arrays]
