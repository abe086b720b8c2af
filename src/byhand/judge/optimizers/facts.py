"""Facts about the text of a definition that do not depend on how it is called."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cached_property

from byhand.judge.model import HUGE, Definition
from byhand.judge.optimizers.syntax import (
    assignments,
    bases,
    constructors,
    field_constructor,
    literal,
    names_in,
    returned,
    text,
)
from byhand.judge.optimizers.words import HYPER, roles
from byhand.judge.reading.needs import imported
from byhand.sandbox.values import HELD

Function = ast.FunctionDef


def settings(task: str, text: str, names: set[str]) -> tuple[tuple[str, str], ...]:
    """The attributes of an object with hyperparameters that has one of these names, and the roles of the attributes.

    () if the text uses it in another way too, except to store it.
    """
    some = rf"(?<![\w.])(?:self\.)?(?:{'|'.join(map(re.escape, sorted(names)))})"
    words = dict.fromkeys(re.findall(rf"{some}\.(\w+)", text)) if names else {}
    found = {word: next((r for r in roles(task, word, True) if r in (*HYPER, "betas")), "") for word in words}
    if re.search(rf"{some}(\[|\()|\bin {some}\b", text) or not any(found.values()):
        return ()
    return tuple((word, role) for word, role in found.items() if role)


class Facts:
    """The text of a definition, and of its base classes in the same program."""

    def __init__(self, task: str, definition: Definition) -> None:
        self.task, self.definition = task, definition
        self.classes = bases(definition)
        self._attributes: dict[str, list[str]] = {}

    @property
    def _roots(self) -> Sequence[ast.AST]:
        return self.classes or [self.definition.node]

    @cached_property
    def text(self) -> str:
        """All its lines, without comments and docstrings."""
        return text(self.definition)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of its syntax trees."""
        return [n for root in self._roots for n in ast.walk(root)]

    @cached_property
    def strings(self) -> list[str]:
        """Its short string constants, such as the keys of a dict."""
        found = (n.value for n in self.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))
        return list(dict.fromkeys(s for s in found if len(s) <= 20 and s.isidentifier()))

    @cached_property
    def is_optimizer_of_torch(self) -> bool:
        """Whether it is a subclass of torch.optim.Optimizer, or a function that returns such an optimizer."""
        node = self.definition.node
        if isinstance(node, Function):
            return isinstance(returned(node), ast.Call)
        names = r"\boptim\.\w+$|^Optimizer$" if self._imports_from_torch else r"\boptim\.\w+$"
        return any(
            re.search(names, ast.unparse(base)) is not None
            and not any(ast.unparse(base) == other.name for other in self.classes)
            for node in self.classes
            for base in node.bases
        )

    @property
    def _imports_from_torch(self) -> bool:
        """Whether ``Optimizer`` may be that of torch: not if it is imported from a module that does not use torch."""
        found = (imported(node).get("Optimizer") for node in self.definition.statements)
        module = next((module for module, _ in filter(None, found)), "torch")
        if module.partition(".")[0] == "torch":
            return True
        source = self.definition.modules.get(module)
        return self.is_of_torch if source is None else re.search(r"\btorch\b", source) is not None

    @cached_property
    def is_of_torch(self) -> bool:
        """Whether its file imports or mentions torch."""
        definition = self.definition
        return "torch" in definition.imports or re.search(r"\btorch\b", definition.program) is not None

    @property
    def may_get_a_generator(self) -> bool:
        """Whether it may be given ``model.parameters()``: not if a base class that is not here keeps its arguments."""
        kept = re.search(r"save_hyperparameters|store_attr", self.text)
        return kept is None and (self.is_of_torch or not self.definition.imports)

    def method(self, name: str) -> Function | None:
        """A method of the class, or of its nearest base class in the same program."""
        for node in self.classes:
            for part in reversed(node.body):  # the last one counts; those before may be overloads
                if isinstance(part, Function) and part.name == name:
                    return part
            if name == "__init__" and (made := field_constructor(node)):
                return made
        return None

    def present(self, name: str) -> str:
        """The name if there is such a method, else ""."""
        return name if self.method(name) else ""

    @cached_property
    def is_method(self) -> bool:
        """Whether it is a method that uses ``self``."""
        node = self.definition.node
        parameters = self.definition.parameters
        named = any(isinstance(n, ast.Name) and n.id == "self" for n in self.nodes)
        return isinstance(node, Function) and named and "self" not in [*parameters, *(a.arg for a in node.args.args)]

    @cached_property
    def constructor_text(self) -> str:
        """The text of the constructor, "" if there is none."""
        made = self.method("__init__")
        return ast.unparse(made) if made else ""

    @cached_property
    def tensor_class(self) -> str:
        """A class of the same program that has numbers and their gradient and is made from the numbers; "" if none."""
        for node in self.definition.statements:
            if isinstance(node, ast.ClassDef) and node.name not in [other.name for other in self.classes]:
                made = self.constructors.get(node.name)
                stored = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
                kept = {part.attr for part in stored if ast.unparse(part.value) == "self"}
                needed = len(made.args.args) - 1 - len(made.args.defaults) if made else 0
                if needed == 1 and "grad" in kept and kept & {*HELD}:
                    return node.name
        return ""

    @cached_property
    def constructors(self) -> dict[str, Function]:
        """The constructors of the classes in its program, by the name of the class."""
        return constructors(self.definition.statements)

    def assigned(self, role: str) -> list[float]:
        """Numbers that the text assigns to names of a role: ``self.eps = 1e-8``, ``b1, b2 = 0.9, 0.99``."""
        found = []
        for node in self.nodes:
            for target, value in assignments(node):
                number = literal(value)
                name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
                if isinstance(number, float) and role in roles(self.task, name, True)[:1]:
                    found.append(number)
        return list(dict.fromkeys(found))

    @cached_property
    def numbers(self) -> list[float]:
        """All numbers in its text, and in the top-level assignments of names that it uses."""
        named = {n.id for n in self.nodes if isinstance(n, ast.Name)}
        tops = [n for n in self.definition.statements if isinstance(n, ast.Assign) and names_in(n.targets) & named]
        nodes = [*self.nodes, *(n for top in tops for n in ast.walk(top))]
        found = (n.value for n in nodes if isinstance(n, ast.Constant) and type(n.value) in (float, int))
        return list(dict.fromkeys(float(x) for x in found if isinstance(x, float | int) and abs(x) <= HUGE))
