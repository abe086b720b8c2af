"""A learner's optimizer, run on a stream of gradients in a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from byhand.judge.compare import close
from byhand.judge.model import FLOAT32, FLOAT64, Definition, Outcome
from byhand.judge.optimizers.arguments import Arguments
from byhand.judge.optimizers.objects import KEYS
from byhand.judge.optimizers.reading import STORED, TORCH
from byhand.judge.optimizers.shape import TENSOR, Maker
from byhand.judge.optimizers.stream import Array, GradientStream, after_step, outcome
from byhand.judge.optimizers.ways import Way
from byhand.judge.phrases import Phrase, Text, returned, shaped
from byhand.judge.session import Iter, Ref, Reply, Session

KEPT = ("params", "bias", "m", "v", "velocity", "bias m", "bias v", "bias velocity", "t", "state", "config")
"""Roles of returned values that are passed to the next call."""


class Failed(Exception):
    """The learner's program failed; the exception has the outcome."""

    def __init__(self, observed: Outcome) -> None:
        super().__init__(observed.error)
        self.observed = observed


def observe(session: Session, definition: Definition, task: str, way: Way, stream: GradientStream) -> Outcome:
    """The program's outcome on a stream; if a call updates one tensor, each tensor has a run of its own."""
    streams = [stream] if way.together else [stream.only(i) for i in range(len(stream.theta))]
    rows: list[list[Array]] = []
    left: list[list[Array]] = []
    eps = FLOAT64
    for part in streams:
        running = Run(session, definition, task, way, part)
        try:
            running.run_steps()
        except Failed as failed:
            if way.first_step:
                return failed.observed
            return replace(failed.observed, error="Count", instead=failed.observed.failure)
        if way.first_step == 0 and not all(np.isfinite(row).all() for path in running.rows for row in path):
            return Outcome(error="Count", instead=Phrase("counted from 0"))
        if running.unmoved:
            return Outcome(error="Shape")
        rows += running.rows
        left += running.left
        eps = max(eps, running.eps)
    return replace(outcome(stream, rows, left if stream.zero else []), scale={}, eps=eps)


def same_paths(one: Sequence[Array], other: Sequence[Array]) -> bool:
    """Whether two runs have the same paths, in single precision."""
    pairs = zip(one, other, strict=True)
    return all(close(a, b, FLOAT32, np.maximum.accumulate(np.abs(b))) for a, b in pairs)


def first_difference(one: Sequence[Array], other: Sequence[Array]) -> tuple[Text, Text]:
    """The first tensor that differs between two runs, in each of them."""
    for step in range(1, len(one[0])):
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            if not same_paths([a[: step + 1]], [b[: step + 1]]):
                name = f"parameter {i + 1}"
                return after_step(name, step - 1, a[step]), after_step(name, step - 1, b[step])
    return "", ""


class Run:
    """One run of the program, with its results so far."""

    def __init__(self, session: Session, definition: Definition, task: str, way: Way, stream: GradientStream) -> None:
        self.session, self.definition, self.task, self.way, self.stream = session, definition, task, way, stream
        self.count = len(stream.theta)
        self.rows: list[list[Array]] = [[] for _ in stream.theta]
        self.left: list[list[Array]] = [[] for _ in stream.theta]
        self.eps = FLOAT64
        self.here = list(stream.theta)
        self.given = Arguments(session, task, way, stream, f"{definition.name}.__self__")
        made = way.shape.path or ("@p0.run" if way.shape.is_graph else f"@opt.{way.shape.method}")
        of_function = way.shape.construct is None and not way.shape.is_graph
        self.function = definition.name if of_function else made

    def begin(self) -> None:
        """Put the parameters into the session and make the optimizer; reset global state."""
        if self.way.keeps_global_state:
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
            self._construct(given)
            self._parts()
        elif self.way.shape.is_graph:
            self._call("@updates", self.definition.name, self.given.arguments(self.way.shape.arguments))
        self._make([maker for maker in makers if maker.path.startswith("@")])
        if self.stream.zero_grad_first:
            self._call("@void", f"@opt.{self.way.zero_grad}", {})

    def _make(self, makers: Sequence[Maker]) -> None:
        """Call the makers of the state and the configuration that the caller keeps."""
        for maker in makers:
            self._call(f"@{maker.role}", maker.path, self.given.arguments(maker.given))
            self.given.values[maker.role] = Ref(f"@{maker.role}")

    def _construct(self, given: dict[str, object]) -> None:
        """Make the object."""
        handed = [p.name for p in self.way.shape.construct or () if p.by_position and p.name in given]
        args = [given.pop(name) for name in handed]
        reply = self.session.call("@opt", self.definition.name, args, given)
        if not reply.ok:
            raise Failed(reply.outcome)

    def _parts(self) -> None:
        """Call the method that describes the updates, and the setup method; unpack several functions."""
        if self.way.shape.is_graph:
            described = self.given.arguments(self.way.shape.arguments)
            self._call("@updates", f"@opt.{self.way.shape.method}", described)
        name, parameters = self.way.shape.setup
        if name:
            self._call("@void", f"@opt.{name}", self.given.arguments(parameters))
        for handle, place in self.way.shape.parts:
            self._item(handle, "@opt", place)

    def step(self, k: int) -> None:
        """Run one step and record its results."""
        self.given.step(k)
        name, parameters = self.way.shape.feed
        if name:
            self._call("@void", f"@opt.{name}", self.given.arguments(parameters))
        for i, method in enumerate(self.way.before_and_after):
            if i:
                reply = self._call("@out", self.function, self._arguments())
            if method:
                self._call("@void", f"@opt.{method}", {})
        self._result(reply, k in self.stream.observed)
        if name and self.way.zero_grad:
            self._call("@void", f"@opt.{self.way.zero_grad}", {})
        if self.stream.zero:
            self._call("@void", f"@opt.{self.way.zero_grad}", {})
            for i, theta in enumerate(self.stream.theta):
                left = self.session.get(f"@p{i}.grad")
                # Small frameworks clear a gradient by setting it to 0.0, not None.
                if left is None or (self.way.container not in TORCH and not left.any()):
                    left = np.full_like(theta, np.nan)
                if left.shape not in ((), theta.shape):
                    raise Failed(Outcome(error="Shape", instead=Phrase("shape of a gradient")))
                self.left[i].append(np.broadcast_to(left, theta.shape).astype(np.float64))

    def _arguments(self) -> dict[str, object]:
        """The arguments of one step."""
        if self.way.shape.is_graph:
            return {"updates": Ref("@updates")}
        return self.given.arguments(self.way.shape.arguments)

    def run_steps(self) -> None:
        """Run all steps from the start."""
        if self.way.shape.is_minimiser:
            (self._derive if self.way.shape.derives else self._minimise)()
            return
        self.begin()
        for k in range(len(self.stream.gradients)):
            self.step(k)

    def _minimise(self) -> None:
        """Run all steps of a minimiser in one call; the points where it calls the gradient are its path."""
        steps = len(self.stream.gradients)
        self.given.begin()
        kind = self.way.container
        rows = [np.asarray(row[0], np.float64) for row in self.stream.gradients]
        gradients = [self.session.put(f"@g{k}", row, kind) for k, row in enumerate(rows)]
        self.given.values["gradient of"] = self.session.oracle("@gradient", gradients)
        self.given.values["objective"] = self.session.oracle("@objective", [self.session.put("@zero", 0.0, "scalar")])
        self.given.values |= {"steps": steps + 1, "tolerance": 0.0}
        if name := self.way.shape.global_gradient:
            self._call("@void", f"{self.definition.name}.__globals__.__setitem__", (name, Ref("@gradient")))
        if self.way.shape.construct is not None:
            self._construct(self.given.arguments(self.way.shape.construct))
        for _ in range(steps + 1 if self.way.shape.stepwise else 1):
            self._call("@out", self.function, self.given.arguments(self.way.shape.arguments))
        leaves = self.session.leaves("@gradient.seen")
        found = [self.session.get("@gradient.seen", i) for i in range(len(leaves))]
        points = [point for one in found if one is not None for point in (one if one.ndim > rows[0].ndim else [one])]
        points = points[: steps + 1] if self.way.shape.counts_itself else points
        if len(points) != steps + 1 or any(np.shape(point) != rows[0].shape for point in points):
            needed = {"n": str(len(points)), "needed": str(steps + 1)}
            raise Failed(Outcome(error="Shape", instead=Phrase("calls of the gradient", needed)))
        if not np.array_equal(points[0], self.stream.theta[0]):
            raise Failed(Outcome(error="Shape", instead=Phrase("first call of the gradient")))
        self.rows[0] += [np.asarray(point, np.float64) for point in points[1:]]

    def _derive(self) -> None:
        """Run a minimiser that computes the gradient itself: one step, two steps, and so on, each from the start."""
        start, slopes = self.stream.theta[0], np.asarray(self.stream.gradients[0][0], np.float64)
        parts = np.stack([part.ravel() for part in (slopes, start, np.full_like(start, self.stream.curvature))])
        for steps in range(1, len(self.stream.gradients) + 1):
            self.given.begin()
            self.given.values["minimised"] = self.session.put("@objective", parts, "objective")
            self.given.values |= {"steps": steps, "tolerance": 0.0}
            if self.way.shape.construct is not None:
                self._construct(self.given.arguments(self.way.shape.construct))
            self._call("@out", self.function, self.given.arguments(self.way.shape.arguments))
            self.rows[0].append(self._reached(steps))
        self.eps = FLOAT32  # a difference quotient is not more exact

    def _reached(self, steps: int) -> Array:
        """The point in the result of a minimiser: an array, or the last of a path."""
        start = self.stream.theta[0]
        found = self.session.get_all([("@out", i) for i in range(len(self.session.leaves("@out")))])
        numbers = [one for one in found if one is not None and one.dtype == np.float64]
        points = [one for one in numbers if one.shape == start.shape]
        paths = [one[-1] for one in numbers if one.shape[1:] == start.shape and len(one) in (steps, steps + 1)]
        if len(points) > steps and np.array_equal(points[0], start):
            points = points[steps:]
        for point in (*points, *paths):
            if not np.array_equal(point, start):
                return np.asarray(point, np.float64)
        raise Failed(Outcome(error="Shape"))

    def paths(self) -> list[Array]:
        """For each tensor its start and its values after each step."""
        self.run_steps()
        return [np.stack([start, *path]) for start, path in zip(self.stream.theta, self.rows, strict=True)]

    def measured_step(self) -> Reply:
        """Run one more step with the present gradients, and record which library functions it calls."""
        return self.session.call("@void", self.function, (), self._arguments(), measure=True)

    @property
    def unmoved(self) -> bool:
        """Whether a program that returns values, or that updates only certain layers, has changed nothing in place.

        Its result is then what it returns; or the judge's layers are not of those that it updates.
        """
        layout, result = self.way.shape.layout, self.way.result or self.way.in_grad or not any(self.way.shape.returns)
        if not (layout and layout.picked) and (result or len(self.stream.gradients) == 1):
            return False
        paths = zip(self.stream.theta, self.rows, strict=True)
        return all(np.array_equal(theta, row) for theta, path in paths for row in path)

    def _call(self, out: str, function: str, given: dict[str, object] | tuple[object, ...]) -> Reply:
        args, named = ((), given) if isinstance(given, dict) else (given, {})
        reply = self.session.call(out, function, args, named)
        if not reply.ok:
            raise Failed(reply.outcome)
        return reply

    def _result(self, reply: Reply, read: bool) -> None:
        """Store what the next step needs; record the tensors if they are read after this step, or apply the update."""
        slots = self.way.result
        if STORED in slots:
            if read:
                self._record([f"@opt.{self.way.params_attribute}"])
            return
        handles = ["@out"] if len(slots) == 1 else [f"@r{i}" for i in range(len(slots))]
        for i, (role, handle) in enumerate(zip(slots, handles, strict=True)):
            if len(slots) > 1:
                self._item(handle, "@out", i)
            if (role in KEPT or role.startswith(TENSOR)) and role in self.given.values:
                self.given.values[role] = Ref(handle)
            if role == "params" and self.way.shape.has("pairs"):
                for place, ref in enumerate(self.given.refs):
                    self._item(ref.name, handle, place)
        if "delta" in slots and not self.way.shape.reader:
            self._move(handles[slots.index("delta")])
        elif not read:
            return
        elif self.way.shape.reader:
            reply = self.session.call("@now", self.way.shape.reader, (self.given.values["state"],))
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
        elif self.way.together and self.way.bundle != "pair" and not self.way.in_grad and self.way.shape.has("params"):
            self._record(["@box.params"])
        else:
            self._record([ref.name for ref in self.given.refs])

    def _item(self, handle: str, of: str, place: int | str) -> None:
        reply = self.session.call(handle, f"{of}.__getitem__", (place,))
        if not reply.ok:
            raise Failed(Outcome(error="TypeError", message="the result is not a tuple with enough parts"))

    def _move(self, handle: str) -> None:
        """Apply the update that the program returned."""
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
        """The tensors in these values, which must have the shapes of the parameters, in their order."""
        places: list[tuple[str, int]] = []
        for handle in handles:
            leaves = self.session.leaves(handle) if len(handles) < self.count else ()
            order = [*range(min(len(leaves), 2 * self.count))] if leaves or len(handles) < self.count else [0]
            paths = [leaf.path for leaf in leaves]
            wanted = [f"[{key!r}]" for key in self.way.shape.keys]
            if wanted and {*wanted} <= {*paths}:  # a dict, in whatever order
                order = [paths.index(path) for path in wanted]
            places += [(handle, leaf) for leaf in order]
        arrays = [array for array in self.session.get_all(places) if array is not None]
        if len(arrays) == 1 < self.count and arrays[0].shape[:1] == (self.count,):
            arrays = list(arrays[0])
        if self.way.bundle == "lists" and len(arrays) == self.count:  # weights and biases by turns
            half = self.count // 2
            arrays = [array for pair in zip(arrays[:half], arrays[half:], strict=True) for array in pair]
        if [array.shape for array in arrays] != [theta.shape for theta in self.stream.theta]:
            shapes = [array.shape for array in arrays]
            raise Failed(Outcome(error="Shape", instead=returned(shaped(*shapes)) if shapes else ""))
        if any(array.dtype == np.float32 for array in arrays):
            self.eps = FLOAT32
        return [array.astype(np.float64) for array in arrays]
