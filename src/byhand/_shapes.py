"""Annotations of tensors with shapes, such as ``Float[Tensor, "*rows K"]``; only the tests check them.

byhand does not depend on jaxtyping. If the tests have imported it, these names are jaxtyping's; otherwise they are
stand-ins that ignore the shape.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or "jaxtyping" in sys.modules:
    from jaxtyping import Bool, Float, Int, Shaped
else:

    class Shaped:
        """``Shaped[Tensor, "N C"]`` is ``Tensor``."""

        def __class_getitem__(cls, item: tuple[Any, str]) -> Any:
            return item[0]

    Bool = Float = Int = Shaped

__all__ = ["Bool", "Float", "Int", "Shaped"]
