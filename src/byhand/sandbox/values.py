"""Converts between the objects of a program and raw numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from typing import Any

from byhand.sandbox.library import Library
from byhand.sandbox.wire import Array

LEAVES = 64
Leaf = tuple[str, Any]


class NotNumbers(TypeError):
    """The value holds no numbers."""


HELD = ("data", "value", "cached_data", "array", "val", "values")
"""Attributes in which tensor classes keep their numbers; likely ones first."""
GRADIENT = ("gradient", "g", "derivative")
"""Attributes, besides ``grad``, in which they keep the gradient."""
_GRADIENT = re.compile(r"(?i)grad|deriv|nabla|prime|^df")
"""In the names of methods that return one."""
PROGRAM = "_byhand_program_"
"""Prefix of the name of a program's module."""


class NotThere(AttributeError):
    """A :class:`Holder` or :class:`Box` has no such attribute; this is not the program's mistake."""


class Holder:
    """Stands in for a layer or a model: an object with the attributes that a request sets."""

    def __getattr__(self, name: str) -> Any:
        raise NotThere(f"the stand-in for this object has no attribute {name!r}")


class Box:
    """Stands in for a parameter or a gradient of a toy framework: an array ``data``, and ``grad``; both writable."""

    __array_ufunc__ = None
    """No arithmetic: only the program's own class decides if ``p -= g`` changes the data or rebinds the name p."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.grad: Any = None
        self.requires_grad = True

    def __getattr__(self, name: str) -> Any:
        """The numbers or the gradient under another name, or an attribute of the numbers."""
        if name in HELD:
            return self.data
        if name in GRADIENT:
            return self.grad
        if name in ("shape", "size", "ndim", "dtype", "T"):
            return getattr(self.data, name)
        if name == "xp":  # the module of its array
            return import_module("numpy")
        raise NotThere(f"the stand-in for a parameter has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__("data" if name in HELD else "grad" if name in GRADIENT else name, value)

    def __getitem__(self, key: Any) -> Any:
        return self.data[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.data[key] = value

    def __iter__(self) -> Any:
        raise TypeError("'Box' object is not iterable")

    def __len__(self) -> int:
        return len(self.data)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.data.astype(dtype or self.data.dtype)

    def numpy(self) -> Any:
        """The numbers."""
        return self.data

    def detach(self) -> Box:
        """The same without a graph: there is none."""
        return self

    def zero_grad(self) -> None:
        """Forget the gradient."""
        if isinstance(self.grad, Box):
            self.grad.zero()
        elif self.grad is not None:
            self.grad = self.grad * 0

    def zero(self) -> None:
        """Set all numbers to 0."""
        self.data = self.data * 0

    cleargrad = clear_grad = reset_grad = zero_grad
    zero_ = zero


@cache
def _variable(array: Any) -> Any:
    """A subclass of NumPy's class of arrays with the ``assign`` methods of TensorFlow's variables."""

    class Variable(array):  # type: ignore[misc]
        def assign(self, value: Any, *_: Any, **__: Any) -> Any:
            self[...] = value
            return self

        def assign_add(self, value: Any, *_: Any, **__: Any) -> Any:
            return self.assign(self + value)

        def assign_sub(self, value: Any, *_: Any, **__: Any) -> Any:
            return self.assign(self - value)

        def numpy(self) -> Any:
            return self.view(array)

        value = read_value = numpy

        def __getattr__(self, name: str) -> Any:
            raise NotThere(f"the stand-in for a variable has no attribute {name!r}")

    return Variable


class Values:
    """Makes objects from arrays and arrays from objects, with the functions of one library."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def make(
        self, array: Array, kind: str, *, grad: bool, narrow: str | None, strided: bool, words: Sequence[str] = ()
    ) -> Any:
        """An object with the numbers of ``array``.

        Args:
            array: the numbers.
            kind: "torch", "parameter", "numpy", "list", "pairs" (a list of rows as tuples), "dict" (a number for each
                word), "pandas" (a series or a frame; an array where pandas is missing), "scalar", "box", "variable"
                (a NumPy array with ``assign``), "symbol" (a variable of old Keras), "objective" (:class:`Objective`, a
                function to minimise), or "holder", which has no numbers.
            grad: whether a tensor requires its gradient.
            narrow: the dtype of a tensor; for an array only "float16" has an effect.
            strided: whether the memory also holds other numbers, between these.
            words: words to put in place of the numbers, which are their indices.
        """
        numbers = self.library.frombuffer(array.data, "<" + array.dtype.replace("b1", "?")).reshape(array.shape)
        numbers = numbers.copy()
        if words:
            named = [words[int(number)] for number in numbers.tolist()]
            return self.library.new_array(named) if kind == "numpy" else named
        if kind in ("torch", "parameter"):
            return self._tensor(numbers, kind, grad, narrow, strided)
        if kind == "list":
            return numbers.tolist()
        if kind == "pairs":
            return [tuple(row) for row in numbers.tolist()]
        if kind == "dict":
            return {f"word{i}": number for i, number in enumerate(numbers.tolist())}
        if kind == "pandas":
            try:
                pandas = import_module("pandas")
            except ImportError:
                return numbers
            return pandas.Series(numbers) if numbers.ndim == 1 else pandas.DataFrame(numbers)
        if kind == "scalar":
            return numbers.item()
        if strided and numbers.ndim:
            wide = self.library.empty_array((*numbers.shape, 2), numbers.dtype)
            wide[..., 0], wide[..., 1] = numbers, 1
            numbers = wide[..., 0]
        if narrow == "float16":
            numbers = numbers.astype(narrow)
        if kind == "numpy":
            return numbers
        if kind in ("variable", "box"):  # the data of a tensor may be asked for its ``numpy()`` too
            variable = numbers.view(_variable(self.library.array_types[0]))
            return Box(variable) if kind == "box" else variable
        if kind == "symbol":
            from byhand.sandbox.graphs import Variable  # which needs this module

            return Variable(numbers)
        if kind == "objective":
            return Objective(*numbers.tolist())
        if kind == "holder":
            return Holder()
        raise ValueError(f"unknown kind of object {kind!r}")

    def _tensor(self, numbers: Any, kind: str, grad: bool, narrow: str | None, strided: bool) -> Any:
        library = self.library
        tensor = library.from_numpy(numbers)
        if narrow is not None:
            tensor = library.to(tensor, library.dtypes[narrow])
        if strided and numbers.ndim:
            wide = library.empty((*numbers.shape, 2), dtype=tensor.dtype, device="cpu")
            wide[..., 0], wide[..., 1] = tensor, 1
            tensor = wide[..., 0]
        if kind == "parameter":
            return library.parameter(tensor)
        return library.wants_grad(tensor) if grad else tensor

    def is_tensor(self, value: Any) -> bool:
        """Whether ``value`` is a torch tensor of any subclass. ``__class__`` is not used: a program can fake it."""
        return self.library.torch is not None and issubclass(type(value), self.library.tensor)

    def is_array(self, value: Any) -> bool:
        """Whether ``value`` is a NumPy array or scalar."""
        return self.library.numpy is not None and issubclass(type(value), self.library.array_types)

    def copied(self, value: Any) -> Any:
        """A copy of a tensor, an array or a list of numbers that nobody else changes."""
        if self.is_tensor(value):
            return self.library.detach(value).clone()
        return value.copy() if self.is_array(value) or isinstance(value, list | dict) else value

    def leaves(self, value: Any) -> list[Leaf]:
        """The numbers, arrays and other leaves in ``value``, at most ``LEAVES``, each with its path."""
        found: list[Leaf] = []
        for leaf in self._walk("", value, 0):
            found.append(leaf)
            if len(found) == LEAVES:
                break
        return found

    def _walk(self, path: str, value: Any, depth: int) -> Iterator[Leaf]:
        parts = self._parts(value) if depth < 8 else None
        if parts is None:
            yield path, value
            return
        for step, part in parts:
            yield from self._walk(path + step, part, depth + 1)

    def _parts(self, value: Any) -> list[Leaf] | None:
        """The parts of a container with their paths, or None if ``value`` is a leaf."""
        kind = type(value)
        if self.is_tensor(value) or self.is_array(value):
            return None
        if issubclass(kind, tuple):
            names = getattr(kind, "_fields", None)
            if isinstance(names, tuple) and len(names) == len(value):
                return [(f".{name}", part) for name, part in zip(names, value, strict=True)]
            return [(f"[{i}]", part) for i, part in enumerate(value[: LEAVES + 1])]
        if issubclass(kind, list):
            if _shape(value) is not None:
                return None
            return [(f"[{i}]", part) for i, part in enumerate(value[: LEAVES + 1])]
        if issubclass(kind, dict):
            return [(f"[{str(key)[:40]!r}]", part) for key, part in list(value.items())[: LEAVES + 1]]
        if is_dataclass(kind) and not _is_tensor_of_the_program(value):
            return [(f".{f.name}", getattr(value, f.name, None)) for f in fields(kind)]
        held = getattr(value, "__dict__", {}).get("data") if kind is not Box else None
        if self.is_array(held) or self.is_tensor(held) or type(held) is float:  # a tensor class of the program's own
            return [(".data", held)]
        return None

    def _held(self, value: Any) -> Any:
        """The numbers inside a :class:`Box`, or inside a tensor of the program's own class; other values as is."""
        for _ in range(len(HELD)):
            if self.is_tensor(value) or self.is_array(value):
                break
            if isinstance(value, Box):
                value = value.data
            elif _is_tensor_of_the_program(value):
                value = next(getattr(value, name) for name in HELD if hasattr(value, name))
            else:
                break
        return value

    def describe(self, leaf: Leaf) -> dict[str, Any]:
        """Path, type and shape of a leaf, as the wire has them."""
        path, value = leaf[0], self._held(leaf[1])
        shape: list[int] = []
        if self.is_tensor(value):
            with self.library.plain():
                name, shape = str(value.dtype), list(value.shape)
        elif self.is_array(value):
            name, shape = f"numpy.{value.dtype.name}", list(value.shape)
        elif value is None:
            name = "None"
        else:
            name = type(value).__name__[:60]
            if issubclass(type(value), list):
                shape = list(_shape(value) or ())
        return {"path": path[:80], "type": name, "shape": shape}

    def array(self, value: Any) -> Array:
        """The numbers of a leaf, detached, contiguous and on the CPU.

        Raises:
            NotNumbers: it holds no numbers, or none that the wire can carry.
        """
        value, library = self._held(value), self.library
        try:
            if self.is_tensor(value):
                with library.plain():
                    value = self._of_tensor(value)
            elif not self.is_array(value):
                if type(value) not in (bool, int, float) and _shape(value) is None:
                    raise NotNumbers(f"a {type(value).__name__} is not a number")
                value = library.new_array(value)
        except (OverflowError, ValueError, RuntimeError) as error:
            raise NotNumbers(str(error)[:200]) from None
        wire = {"f": "f4" if value.dtype.itemsize <= 4 else "f8", "i": "i8", "u": "i8", "b": "b1"}.get(value.dtype.kind)
        if wire is None:
            raise NotNumbers(f"an array of {value.dtype} does not hold real numbers")
        plain = library.array_astype(library.as_array(value), "<" + wire.replace("b1", "?"), order="C", subok=False)
        data = plain.tobytes()
        return Array(wire, tuple(value.shape), data)

    def _of_tensor(self, value: Any) -> Any:
        library = self.library
        value = library.as_subclass(library.detach(value), library.tensor)
        if value.layout is not library.strided or value.is_complex():
            raise NotNumbers(f"a tensor of {value.dtype} and {value.layout} does not hold plain real numbers")
        value = library.to(value, "cpu")
        if value.dtype in (library.dtypes["float16"], library.dtypes["bfloat16"]):
            value = library.to(value, library.dtypes["float32"])
        return library.to_numpy(library.contiguous(value.resolve_conj().resolve_neg()))


def _is_tensor_of_the_program(value: Any) -> bool:
    """Whether a class of the program's own keeps numbers beside a gradient."""
    if not str(type(value).__module__).startswith(PROGRAM):
        return False
    return hasattr(value, "grad") and any(hasattr(value, name) for name in HELD)


class Oracle:
    """A gradient function for a minimiser: it returns prepared gradients, and records the points of the calls."""

    def __init__(self, gradients: list[Any], copy: Callable[[Any], Any]) -> None:
        self.gradients, self.copy = gradients, copy
        self.seen: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        """For a minimiser of an object: the gradient as one of its methods, and a value as the others."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self if _GRADIENT.search(name) else lambda *_, **__: 0.0

    def __call__(self, point: Any, *_: Any, **__: Any) -> Any:
        """The next gradient; zeros after the last one."""
        self.seen.append(self.copy(point))
        given = self.gradients[min(len(self.seen), len(self.gradients)) - 1]
        return self.copy(given) if len(self.seen) <= len(self.gradients) else given * 0


class Objective:
    """A function for a minimiser: Σ slope · x + curvature / 2 · (x − start)², for any kind of vector x."""

    def __init__(self, slopes: list[float], start: list[float], curvature: list[float]) -> None:
        self.parts = list(zip(slopes, start, curvature, strict=True))

    def __call__(self, *point: Any) -> Any:
        """Its value at a vector, or at separate numbers."""
        numbers = point[0] if len(point) == 1 and hasattr(point[0], "__len__") else point
        parts = zip(numbers, self.parts, strict=True)
        return sum(b * x + c / 2 * (x - s) * (x - s) for x, (b, s, c) in parts)


def _shape(value: Any) -> tuple[int, ...] | None:
    """The shape of a rectangular nested list of numbers, or None if ``value`` is something else."""
    if not issubclass(type(value), list):
        return None
    shape: list[int] = []
    level: list[Any] = [value]
    while level and all(issubclass(type(part), list) for part in level):
        width = len(level[0])
        if len(shape) == 8 or any(len(part) != width for part in level):
            return None
        shape.append(width)
        level = [item for part in level for item in part]
    return tuple(shape) if all(type(item) in (bool, int, float) for item in level) else None


def resolve(value: Any, look_up: Callable[[str], Any]) -> Any:
    """The object that a VALUE of the wire stands for; ``look_up`` finds references.

    Raises:
        ValueError: it is malformed.
    """
    if isinstance(value, list):
        raise ValueError("a bare list is not a value; write {'list': [...]}")
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise ValueError("a value is a table with exactly one key")
    ((kind, content),) = value.items()
    if kind == "ref":
        return look_up(content)
    if kind == "float":
        return float(content)
    if kind == "int":
        return int(content)
    if kind == "dict":
        return {key: resolve(item, look_up) for key, item in content.items()}
    if kind not in ("list", "tuple", "iter"):
        raise ValueError(f"unknown kind of value {kind[:40]!r}")
    items = [resolve(item, look_up) for item in content]
    return items if kind == "list" else tuple(items) if kind == "tuple" else (item for item in items)
