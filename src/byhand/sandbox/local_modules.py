"""Modules that a program brings along. Installed modules of the same name win; these run when they are imported."""

from __future__ import annotations
import __future__

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from byhand.sandbox.older_names import PYTHON

PACKAGE = "_learner"
"""The package that contains the program, so that ``from .module import …`` works."""


class LocalModules:
    """A finder and loader for ``sys.meta_path``."""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}

    def put(self, name: str, source: str) -> None:
        """Add a module of this name; it replaces an older one, and never one that is installed."""
        if self not in sys.meta_path:
            sys.meta_path.append(self)
            package = sys.modules[PACKAGE] = ModuleType(PACKAGE)
            package.__path__ = []
        self.sources[name] = source
        for full in (name, f"{PACKAGE}.{name}"):
            if getattr(sys.modules.get(full), "__loader__", None) is self:
                del sys.modules[full]

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The specification of one of these modules, or of a package that contains some."""
        plain = name.removeprefix(f"{PACKAGE}.")
        package = any(other.startswith(f"{plain}.") for other in self.sources)
        if plain not in self.sources and not package:
            return None
        return ModuleSpec(name, self, is_package=package)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Use Python's default module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's source."""
        name = module.__name__.removeprefix(f"{PACKAGE}.")
        vars(module).update(PYTHON)
        flags = __future__.annotations.compiler_flag
        exec(compile(self.sources.get(name, ""), f"{name}.py", "exec", flags, dont_inherit=True), vars(module))
