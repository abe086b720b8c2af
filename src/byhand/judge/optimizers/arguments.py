"""The arguments of a learner's optimizer: parameters, gradients, states and options, in the form that it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from byhand.judge.optimizers.objects import KEYS, Objects
from byhand.judge.optimizers.shape import COMPLEMENT, GRADIENT, TENSOR, UNUSED, Parameter
from byhand.judge.optimizers.stream import GradientStream
from byhand.judge.optimizers.ways import Way
from byhand.judge.optimizers.words import HYPER, STATES
from byhand.judge.session import Ref, Session

KINDS = {"value": "box"}
STATE_KINDS = {"box": "numpy", "value": "numpy", "parameter": "torch", "symbol": "numpy"}
"""The kind of container for gradients and states, where it is not that of the parameters."""
BESIDE = {"params": "bias", "grads": "dbias"}
"""The roles of the biases, by the roles of the weights, if they are passed separately."""
BATCH = 10
"""The batch size passed to an SGD that takes one; its gradient is then a sum over the batch."""


class Arguments:
    """The values of one run by role, and the objects in the session that hold them."""

    def __init__(self, session: Session, task: str, way: Way, stream: GradientStream, owner: str) -> None:
        self.session, self.task, self.way, self.stream = session, task, way, stream
        self.owner = owner
        """The object whose method the program is, if it is a method."""
        self.count = len(stream.theta)
        self.refs = [Ref(f"@p{i}") for i in range(self.count)]
        self.rate = stream.rates[0] if stream.rates else stream.hyper["lr"]
        self.values: dict[str, object] = {}

    def begin(self) -> None:
        """Put everything into the session that does not change between steps."""
        self.session.put("@box", 0.0, "holder")
        self.put(self.stream.theta)
        self._states()
        self.values |= {"batch": BATCH if self.task == "sgd" else 1, "key": "W1", "t": self.way.first_step}
        self.values["betas"] = (self.stream.hyper["beta1"], self.stream.hyper["beta2"])
        self.values |= {role: self.stream.hyper[role] for role in HYPER}
        self.values["lr"] = self.rate
        self.values |= {f"{COMPLEMENT}{role}": 1 - self.stream.hyper[role] for role in ("beta1", "beta2")}
        shapes = [theta.shape for theta in self.stream.theta]
        self.values["count"] = self.count if self.way.together else self.stream.theta[0].size
        self.values["shape"] = shapes if self.way.together else shapes[0]
        self._dicts()
        self.values |= {UNUSED: 1, "loss": 0.0, "constraints": {}}
        if self.way.shape.layout:
            self.objects = Objects(self.session, self.way.shape.layout, self.refs, self.owner)
            self.values |= self.objects.handed_over()
            for name, role in self.way.shape.layout.options:
                self.session.set(f"{self.owner}.{name}", self.values[role])
            self._gradients(0, zero=True)
        elif self.way.shape.has("model"):
            self._model()
        elif self.way.constructor_reads_grad:
            self._gradients(0, zero=True)

    def put(self, numbers: Any) -> None:
        """Put the parameters into the session."""
        for i, (ref, theta) in enumerate(zip(self.refs, numbers, strict=True)):
            self._tensor(ref.name, f"@raw{i}", np.asarray(theta, np.float64))
        entries = self.way.shape.entries
        self.values |= {f"{TENSOR}{i}": ref for i, ref in enumerate(self.refs)}
        if not entries:
            self.values |= self._bundled("params", list(self.refs))
        elif "grads" not in entries:
            self._tuples({"params": self.refs})
        elif self.way.shape.knows_params:  # the constructor keeps the list, whose gradients change from step to step
            zeros = [self._tensor(f"@g{i}", f"@rawg{i}", 0.0 * theta) for i, theta in enumerate(self.stream.theta)]
            self._tuples({"params": self.refs, "grads": zeros})

    def _tensor(self, name: str, raw: str, numbers: Any) -> Ref:
        """Put a parameter, or a gradient that is an object, into the session; in the program's own class if any."""
        kind = KINDS.get(self.way.container, self.way.container)
        if not self.way.tensor_class:
            return self.session.put(name, numbers, kind)
        self.session.put(raw, numbers, "scalar" if self.way.container == "value" else "numpy")
        if not self.session.call(name, self.way.tensor_class, (Ref(raw),)).ok:
            return self.session.put(name, numbers, kind)
        if name.startswith("@p"):
            self.session.set(f"{name}.requires_grad", True)
        return Ref(name)

    def _tuples(self, items: Mapping[str, Sequence[Ref | None]]) -> None:
        """Make a list of tuples, such as pairs of a name and a parameter."""
        self.session.set("@box.pairs", self._rows(items))
        self.values |= {"params": Ref("@box.pairs"), "pairs": Ref("@box.pairs")}

    def _rows(self, items: Mapping[str, Sequence[Ref | None]]) -> list[tuple[object, ...]]:
        """The tuples, one for each tensor."""
        held: dict[str, Sequence[object]] = {"key": KEYS, **items}
        entries = self.way.shape.entries or ("grads", "params")
        return [tuple(held[role][i] for role in entries) for i in range(self.count)]

    def step(self, k: int) -> None:
        """Set gradients, learning rate and step count for step ``k``."""
        self._set_rate(k)
        self._gradients(k)
        if isinstance(self.values.get("t"), int):
            self.values["t"] = self.way.first_step + k

    def arguments(self, parameters: tuple[Parameter, ...]) -> dict[str, object]:
        """The arguments for these parameters, by name."""
        given = {p.name: self.values[p.role] for p in parameters if p.role in self.values}
        given |= {p.name: p.neutral for p in parameters if not p.role and p.required}
        given |= {p.name: p.constant_rate for p in parameters if p.constant_rate is not None}
        options = dict(self.stream.options)
        return given | {p.name: options[p.name] for p in parameters if p.name in options}

    def _model(self) -> None:
        """Make a model whose method returns the parameters: a torch module, or a stand-in."""
        if self.way.container == "parameter":
            self.session.call("@model", "torch.nn.ParameterList", (), {"values": list(self.refs)})
        else:
            self.session.put("@model", 0.0, "holder")
            self.session.set("@box.listed", list(self.refs))
            for name in ("params", "parameters"):
                self.session.set(f"@model.{name}", Ref("@box.listed.copy"))
        self.values["model"] = Ref("@model")

    def _bundled(self, role: str, items: list[Any]) -> dict[str, object]:
        """One tensor, or several in the way's form; lists and dicts are the same objects at every step."""
        bundle = self.way.bundle
        if bundle == "single":
            return {role: items[0]}
        if bundle == "pair":
            return {role: items[0], BESIDE.get(role, f"bias {role}"): items[-1]}
        if bundle == "lists":
            beside = BESIDE.get(role, f"bias {role}")
            self.session.set(f"@box.{role}", list(items[::2]))
            self.session.set(f"@box.{beside.replace(' ', '_')}", list(items[1::2]))
            return {role: Ref(f"@box.{role}"), beside: Ref(f"@box.{beside.replace(' ', '_')}")}
        paired = self.way.shape.gradient_keys if role == "grads" else ()
        content: object = [items[place] for _, place in paired] if paired else list(items)
        if bundle == "nested":
            content = [list(items[i : i + 2]) for i in range(0, len(items), 2)]
        if bundle in ("dict", "four"):
            layout = self.way.shape.layout
            keys = (
                [name for name, _ in layout.slots] if layout and layout.role == "self" else self.way.shape.keys or KEYS
            )
            content = dict(zip(keys, items, strict=False))
            if paired:
                content = {key: items[place] for key, place in paired}
            elif self.way.prefixed and role == "grads":
                content = {f"d{key}": item for key, item in zip(keys, items, strict=False)}
            elif self.way.prefixed and role != "params":
                content |= {f"d{key}": item for key, item in zip(keys, items, strict=False)}
        self.session.set(f"@box.{role}", content)
        return {role: Ref(f"@box.{role}")}

    def _states(self) -> None:
        """Make states of zeros, if the caller keeps them."""
        named = {p.role for p in self.way.shape.parameters} | {role for _, role in self.way.keys}
        kind = STATE_KINDS.get(self.way.container, self.way.container)
        pairs: list[list[Ref]] = [[] for _ in range(self.count)]
        for role in STATES[self.task]:
            if role in named or "state" in named or "config" in named:
                for i, theta in enumerate(self.stream.theta):
                    self.session.put(f"@{role}{i}", np.zeros_like(theta), kind)
                    pairs[i].append(Ref(f"@{role}{i}"))
                self.values |= self._bundled(role, [pair[-1] for pair in pairs])
        if self.way.unpacked:
            self.session.set(
                "@box.state", tuple(self.values.get(role, self.way.first_step) for role in self.way.unpacked)
            )
        elif pairs[0]:
            entries = [
                list(pair) if len(STATES[self.task]) > 1 and self.way.state_is_list else pair[0] for pair in pairs
            ]
            self.session.set("@box.state", entries if self.way.together else entries[0])
        else:
            self.session.set("@box.state", [])

    def _dicts(self) -> None:
        """Make the dicts of hyperparameters and states that the caller keeps."""
        roles = {p.role for p in self.way.shape.parameters}
        skipped = {*STATES[self.task], "t"} if self.way.starts_empty else set()
        held = {key: self.values[role] for key, role in self.way.keys if role in self.values and role not in skipped}
        if "settings" in roles:
            self.values["settings"] = self.session.put("@settings", 0.0, "holder")
            for name, value in held.items():
                self.session.set(f"@settings.{name}", value)
        listed = (
            "state" in roles
            and self.way.state_is_list
            and not ({role for _, role in self.way.keys} & set(STATES[self.task]))
        )
        for role in ("state", "config"):
            if role in roles:
                if role == "config" or not listed:
                    self.session.set(f"@box.{role}", held)
                self.values[role] = Ref(f"@box.{role}")

    def _set_rate(self, k: int) -> None:
        if not self.stream.rates or self.stream.rates[k] == self.rate:
            return
        self.rate = self.values["lr"] = self.stream.rates[k]
        for maker in self.way.makers:
            if maker.role == "config":
                self.session.call("@config", maker.path, (), self.arguments(maker.given))
        if self.way.rate_place.startswith("param_groups "):
            self.session.call("@group", "@opt.param_groups.__getitem__", (0,))
            self.session.call("@void", "@group.__setitem__", (self.way.rate_place.split()[1], self.rate))
        elif self.way.rate_place != "argument":
            self.session.set(f"@opt.{self.way.rate_place}", self.rate)
        elif any(role == "lr" for _, role in self.way.keys):
            key = next(key for key, role in self.way.keys if role == "lr")
            self.session.call("@void", "@box.config.__setitem__", (key, self.rate))

    def _gradients(self, k: int, zero: bool = False) -> None:
        """Put the gradients of a step where the program reads them; with ``zero`` zeros, before the first step."""
        kind = STATE_KINDS.get(self.way.container, self.way.container)
        refs: list[Ref | None] = []
        for i, gradient in enumerate(self.stream.gradients[k]):
            numbers = np.asarray(0.0 if gradient is None else gradient, np.float64) * (not zero)
            if gradient is None and not zero:
                refs.append(None)
            elif self.way.gradient_objects:
                refs.append(self._tensor(f"@g{i}", f"@rawg{i}", numbers))
            else:
                refs.append(self.session.put(f"@g{i}", numbers, kind))
            if self.way.in_grad:
                self.session.set(f"@p{i}.grad", refs[-1])
        shape = self.way.shape
        self.values |= {f"{GRADIENT}{i}": ref for i, ref in enumerate(refs)}
        if shape.layout and shape.layout.role == "self" and shape.layout.handed:
            self.values |= self._bundled("grads", refs)
        elif shape.layout:
            self.values |= self.objects.gradients(refs)
        elif "grads" in shape.entries and shape.knows_params:
            for i, row in enumerate(self._rows({"params": self.refs, "grads": refs})):
                self.session.call("@void", "@box.pairs.__setitem__", (i, row))
        elif "grads" in shape.entries or shape.has("pairs"):
            self._tuples({"params": self.refs, "grads": refs})
        elif not self.way.in_grad:
            self.values |= self._bundled("grads", refs)
