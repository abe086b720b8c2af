"""The interfaces of layers, models and other objects that keep tensors together with their gradients, as a table.

A row has the names under which an object has the two, and how they are accessed. A new interface needs only a new row,
or a new word in a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Form = Literal["attributes", "items", "dict", "list", "method", "pairs"]
"""Attributes of an object; items of an object that is a dict; an attribute that is a dict or a list, or a method that
returns a list; an attribute or a method with pairs of tensor and gradient.
"""
MOST = 6
"""The most tensors of a network whose own method updates them."""
HANDED = ""
"""In place of the name of a gradient: the gradient is passed as an argument."""


@dataclass(frozen=True)
class Interface:
    """The names under which an object has tensors and gradients."""

    form: Form
    tensors: str
    """Names of the tensors, likely ones first."""
    gradients: str
    """Names of the gradients; ``{}`` stands for the name of the tensor, or for one of ``short``."""
    short: str = ""
    """Further names that ``{}`` may stand for."""


OF_A_TENSOR = """d{} d_{} grad_{} {}_grad grad{} {}grad {}_gradient gradient_{} dLd{} dL_d{} dl_d{} dJd{} dJ_d{}
    {}_grads grads_{} {}grads grads{} {}_gradients gradients_{} {}_global_grads {}_derivative {}_delta delta_{}"""
"""Names of the gradient of one tensor."""
INTERFACES = (
    Interface("attributes", "W w weights weight kernel gamma", f"{OF_A_TENSOR} g{{}} G{{}} G", "W w weights weight"),
    Interface("attributes", "b biases bias beta B", f"{OF_A_TENSOR} g{{}} G{{}}", "b B biases bias"),
    Interface(
        "dict",
        "params parameters weights variables get_params get_parameters trainable_params trainable_variables "
        "trainable_weights getParameters getParams",
        "grads gradients param_grads params_grads parameter_grads dparams grad get_grads get_gradients "
        "getGradParameters getGradParams getGradients getGrads get_grad_parameters "
        "get_grad_params grad_params gradParams",
    ),
    Interface("items", "value data param params weight weights tensor w p", "grad gradient grads dvalue g d{}"),
)
"""The table. Instead of a dict it may be a list, or the result of a method, and attributes may be items of a dict; the
program's text shows which.
"""
NAMED = re.compile(r"(?:W|w|b|weights?|bias|biases|theta|kernel)_?\d*(?:_?[hio])?|权重\d*|偏置\d*")
"""Attributes in which a network or a layer keeps tensors of its own."""
PREFIXES, SUFFIXES = ("d", "d_", "grad_", "grad", "grads_"), ("_grad", "_grads", "_gradient", "_gradients")
"""What a text may join to the name of a tensor: ``getattr(layer, "d" + name)``."""
LAYERS = re.compile(r"layers|blocks|modules|各层")
"""Attributes of a model that list its layers."""
LISTED = re.compile(r"(get_)?(trainable_)?(params|parameters|weights|variables)")
"""Methods of a model that list its parameters."""


@dataclass(frozen=True)
class Layout:
    """Where the objects of a program have their tensors and gradients."""

    role: str
    """The role of the argument: layer, layers or model; "self" for the object whose method the program is."""
    within: str
    """The attribute of a model that lists its layers, "" if it has the tensors itself."""
    form: Form
    gradients: Form
    """The form of the gradients, if the objects have them too."""
    slots: tuple[tuple[str, str], ...]
    """Names of tensor and gradient: a pair for each attribute, else one pair for all tensors."""
    options: tuple[tuple[str, str], ...] = ()
    """Attributes that hold hyperparameters, and their roles."""
    first: int = 0
    """The index of the first layer in the model's list, if the text skips others."""
    every: int = 1
    """The step from each layer to the next in that list."""
    kind: str = ""
    """The class of the layers that the text selects, "" if it selects none by class."""
    picked: bool = False
    """Whether the text tests a condition on a layer before it updates it."""
    keys: tuple[str, ...] = ()
    """The keys of a dict of tensors, () if the text has none."""
    gradient_keys: tuple[str, ...] = ()
    """The keys of a dict of gradients, () if they are those of the tensors."""
    flags: tuple[tuple[str, object], ...] = ()
    """Further attributes that a layer needs, with their values."""
    called: bool = False
    """Whether ``within``, or the attribute with the pairs, is a method."""
    order: tuple[str, ...] = ()
    """The roles of the parts of a pair."""
    nested: bool = False
    """Whether a method returns a list for each layer."""

    @property
    def several(self) -> bool:
        """Whether there is more than one object."""
        return self.role == "layers" or bool(self.within)

    @property
    def handed(self) -> bool:
        """Whether the gradients are passed as arguments."""
        return self.slots[0][1] == HANDED

    @property
    def each(self) -> int:
        """The number of tensors of one object."""
        if self.nested:
            return 4
        return len(self.slots) if self.form in ("attributes", "items") else len(self.keys) or 2

    @property
    def count(self) -> int:
        """The number of tensors in probes: two layers, to find state that is wrongly shared between layers."""
        return 2 * self.each if self.several else self.each

    def among(self, layers: Sequence[object], other: object) -> list[object]:
        """The model's list of layers, with as many others between them as the text skips: ``model.layers[::2]``."""
        found = [other] * self.first
        for one in layers:
            found += [one] + [other] * (self.every - 1)
        return found
