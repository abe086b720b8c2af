"""How to call an optimizer, by its text: kind of array, form of several tensors, who counts the steps."""

from __future__ import annotations

import re

from byhand.judge.optimizers.facts import settings
from byhand.judge.optimizers.shape import Maker, Shape
from byhand.judge.optimizers.source import Source
from byhand.judge.optimizers.words import HYPER, STATES, roles

SCALARS = ("scalar", "value")
"""Kinds of container for single numbers."""
STORED = "stored"
"""A result: the new values are in an attribute of the object."""
TORCH = ("parameter", "torch")
"""Kinds of container for torch tensors."""


def containers(source: Source, in_grad: bool) -> list[str]:
    """The kinds of container that may hold the numbers, by the functions that the text calls."""
    text = source.text
    if source.shape and source.shape.is_graph:
        return ["symbol"]
    if not in_grad and re.search(r"\.assign(_sub|_add)?\(", text):
        return ["variable"]
    torch = re.search(
        r"\btorch\b|\.detach\(|\.data_ptr|no_grad|\.sqrt\(\)|\.(add|mul|sub|div|copy|addc\w+|zero)_\(", text
    ) or (".grad.data" in text and source.method("setup") is None)
    numpy = re.search(r"\b(np|numpy|xp|cp|cupy|jnp)\.", text)
    if in_grad and _toy(source):
        own = ["value", "box"] if not numpy else ["box", "value"]
        return [*own, "parameter"] if torch else own  # a framework whose tensors have torch's methods
    scalars = re.search(r"\bmath\.|(?<![.\w])(sqrt|round)\(", text)
    if in_grad:
        if torch or source.is_optimizer_of_torch or source.is_of_torch:
            return ["parameter"] if re.search(r"no_grad|\.data\b|inference_mode", text) else ["parameter", "torch"]
        imported = "numpy" in source.definition.imports
        return ["box", "value", *TORCH] if numpy or imported else [*("value", "box", "parameter", "torch")]
    if torch:
        return ["torch"] if not numpy else ["torch", "numpy"]
    if numpy:
        return ["numpy"]
    return ["list", "scalar", "numpy"] if scalars else ["numpy", "torch", "list", "scalar"]


def _toy(source: Source) -> bool:
    """Whether it is written for a small framework instead of torch: the program's own, or one based on NumPy."""
    text = source.text
    if source.is_of_torch:
        return False
    numpy = "numpy" in source.definition.imports and ".grad.data" in text
    return numpy or bool(source.tensor_class) or re.search(r"\.cached_data|\.grad\.zero\(", text) is not None


def bundles(source: Source, shape: Shape) -> list[str]:
    """The forms in which several tensors may be passed; a list that is indexed by a name may also be a dict."""
    if shape.is_minimiser:
        return ["single"]
    if shape.is_graph:
        return ["list"]
    if shape.named:
        return ["named"]
    if shape.layout and shape.layout.role == "self" and shape.layout.handed:
        return ["dict", "list"]
    if shape.layout:
        keyed = shape.layout.form == "dict" and not shape.layout.several
        return ["dict"] if keyed else ["list"] if shape.layout.count > 1 else ["single"]
    if shape.nested:
        return ["nested"]
    if shape.keys:
        names = "|".join(re.escape(p.name) for p in shape.parameters if p.role == "params")
        return ["dict"] if re.search(rf"(?<!\w)(?:{names})(\['|\[\w+\]|\.values\()", source.text) else ["list"]
    found = _by_loops(source, shape)
    if "dict" in found and re.search(r"['\"]d?W2['\"]|// ?2\b", source.text):
        return ["four"]
    names = "|".join(re.escape(p.name) for p in shape.arguments if p.role in ("params", "grads"))
    indexed = names and re.search(rf"(?<!\w)(?:{names})\[[\w'\"]", source.text)
    return [*found, "dict"] if indexed and "list" in found and "dict" not in found else found


def _by_loops(source: Source, shape: Shape) -> list[str]:
    """The forms in which several tensors may be passed, by how the text iterates over them."""
    if shape.has("bias"):
        both = (_iterates(source, shape, role) for role in ("params", "bias"))
        return ["lists"] if all(both) else ["pair"]
    if shape.has("key"):
        return ["single"]
    if shape.entries or shape.has("pairs"):
        return ["list"]
    given = (*shape.parameters, *(p for maker in shape.makers for p in maker.parameters))
    names = {p.name for p in given if p.role in ("params", "grads")}
    held = {f"self.{attribute}" for attribute in (source.attribute("params"), source.attribute("grads")) if attribute}
    some = rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in sorted(names | held, key=len, reverse=True))})"
    text = source.text
    if re.search(rf"({some})\.(keys|items|values)\(|\[['\"]d?[Ww]['\"]|({some})\[(['\"]|key|name|k\b|f')", text):
        return ["dict"]
    if re.search(rf"\bin ({some})\b(?=[:\])])", text) and re.search(rf"for (\w+) in ({some})\b", text):
        loop = re.search(rf"for (\w+) in ({some})\b", text)
        if loop and re.search(rf"({some})\[{loop[1]}\]", text):
            return ["dict"]
    if re.search(rf"(enumerate|zip|list|len|tuple)\((\w[\w.]*, )*({some})\b|\bin ({some})\b|({some})\[i\]", text):
        return ["list"] if shape.knows_params else ["list", "single"]
    if shape.has("model") or ("super().__init__(" in text and shape.knows_params):
        return ["list"] if shape.has("model") else ["list", "dict"]
    return ["single", "list"]


def _iterates(source: Source, shape: Shape, role: str) -> bool:
    """Whether the text iterates over the tensors of a role: ``for i in range(len(biases)): biases[i] -= …``."""
    names = "|".join(map(re.escape, {*shape.names(role), *(f"self.{name}" for name in source.attributes(role))}))
    some = rf"(?<![\w.])(?:{names})"
    return re.search(rf"{some}\[[a-z_]\w*\]|\bin {some}:|\b(zip|enumerate)\([^)]*{some}\b", source.text) is not None


def any_number(source: Source, shape: Shape) -> bool:
    """Whether any number of tensors may be passed: the text uses no fixed key or index."""
    given = {p.name for p in shape.parameters if p.role in ("params", "grads", "model")}
    held = {f"self.{attribute}" for attribute in (source.attribute("params"), source.attribute("grads")) if attribute}
    some = rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(given | held)))})"
    named = rf"\[['\"]d?[WwBb]\d?['\"]\]|{some}\[[1-9]\]|^\s*\(?\w+, [\w, ]+ = {some}$"
    return (
        not shape.layout and not shape.nested and not shape.keys and re.search(named, source.text, re.MULTILINE) is None
    )


def first_steps(source: Source, shape: Shape, makers: tuple[Maker, ...]) -> list[int]:
    """The numbers that the first step may have if the caller counts the steps."""
    counted = [p.name for p in shape.arguments if p.role == "t"]
    counted += [word for word, role in keys(source, shape, makers) if role == "t"]
    counted += [p.name for maker in makers for p in maker.given if p.role == "t"]
    if "t" in unpacked(source, shape):
        counted += ["t", "step", "count"]
    if not counted:
        return [1]
    names = "|".join(map(re.escape, counted))
    return [0, 1] if re.search(rf"(?<!\w)(?:{names})('\])? (\+ 1|\+= 1)", source.text) else [1]


def maker_choices(source: Source, shape: Shape) -> list[tuple[Maker, ...]]:
    """How to make the state and the configuration that the caller keeps: by these makers; () for plain dicts."""
    choices: list[tuple[Maker, ...]] = [()]
    for role in ("state", "config"):
        made = [(maker,) for maker in shape.makers if maker.role == role]
        plain = not made or any(r in (*STATES[source.task], "lr") for _, r in keys(source, shape, ()))
        if shape.has(role):
            choices = [(*first, *then) for first in choices for then in (*([()] if plain else []), *made)]
    return choices


def unpacked(source: Source, shape: Shape) -> tuple[str, ...]:
    """The roles of the parts into which a state is unpacked: ``m, v, t = state``."""
    name = next((p.name for p in shape.parameters if p.role == "state"), "")
    found = re.search(rf"^[ \t]*\(?([\w, ]+?),?\)? = {re.escape(name)}$", source.text, re.MULTILINE) if name else None
    parts = [next(iter(roles(source.task, word.strip(), False)), "") for word in found[1].split(",")] if found else []
    return tuple(parts) if len(parts) > 1 and all(role in (*STATES[source.task], "t") for role in parts) else ()


def results(source: Source, shape: Shape, in_grad: bool) -> list[tuple[str, ...]]:
    """What it may return; for an object that stores the parameters, also that they are read there.

    The latter comes last, unless the object puts new tensors into its list.
    """
    if shape.reader:
        return [("state",)]
    own = [(STORED,)] if shape.knows_params and not in_grad and source.attribute("params") else []
    kept = re.escape(source.attribute("params") or " ")
    changed = re.search(rf"self\.{kept}\[\w+\] = ", source.text) and not any(shape.returns)
    return [*own, *shape.returns] if changed and own else [*shape.returns, *own]


def keys(source: Source, shape: Shape, makers: tuple[Maker, ...]) -> tuple[tuple[str, str], ...]:
    """Keys, with roles, of dicts that are passed: ``hyperparams['lr']`` in d2l, ``config['m']`` in CS231n.

    Also the attributes, with roles, of an object that is passed: ``args.lr``.
    """
    if shape.has("settings"):
        return settings(source.task, source.text, shape.names("settings"))
    held = {role for role in ("config", "state") if shape.has(role)} - {maker.role for maker in makers}
    if not held:
        return ()
    found: list[tuple[str, str]] = []
    for word in source.strings:
        role = next((r for r in roles(source.task, word, True) if r in (*HYPER, "betas", "t")), "")
        role = next((r for r in roles(source.task, word, False) if r in STATES[source.task]), role)
        if role and role not in [r for _, r in found]:
            found.append((word, role))
    return tuple(found)


def state_is_list(source: Source, shape: Shape) -> bool:
    """Whether the parameter for the state is a list with one entry per tensor, not a dict."""
    name = next((p.name for p in shape.parameters if p.role == "state"), "")
    return bool(name) and re.search(rf"\b{name}\b(\[['\"]|\.get|\.setdefault)|in {name}\b:", source.text) is None


def rate_place(source: Source, shape: Shape) -> str:
    """Where lr is read at each step: "argument", "param_groups" with its key, or an attribute; "" if it is fixed."""
    if shape.is_graph:  # the graph has the variable that the attribute named
        return ""
    if any(p.role == "lr" for p in shape.arguments) or (shape.construct is None and shape.has("config")):
        return "argument"
    if source.is_optimizer_of_torch:
        known = [word for word in source.strings if roles(source.task, word, True)[:1] == ["lr"]]
        return f"param_groups {known[0] if known and 'lr' not in known else 'lr'}"
    kept = set(source.attributes("lr"))
    return kept.pop() if len(kept) == 1 else ""  # if there are two, one may keep the initial value
