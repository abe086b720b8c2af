"""The numbers that programs gave, and the inputs on which they gave them, in the reader's language."""

from __future__ import annotations

import re

_TOLD = (
    (r"(\d+) steps of float64 gradients of sizes (\S+) to (\S+)", r"\1 步 float64 梯度，大小从 \2 到 \3"),
    (r"after step (\d+): gradient (\d+) after zero_grad", r"第 \1 步的 zero_grad 之后：梯度 \2"),
    (r"after step (\d+): ", r"第 \1 步后："),
    (r"; step (\d+): ", r"；第 \1 步："),
    (r", from a generator", "（以 generator 传入）"),
    (r" and (?=\[|None|-?\d)", " 和 "),
    (r"\bvalue\b", "返回值"),
    (r"\bparameter\b", "参数"),
    (r"\bgradients?\b", "梯度"),
)
"""What numbers and inputs are told in, in Chinese."""


def outcome(text: str, lang: str) -> str:
    """A number that a program gave, such as "parameter 1 [0, 2] = 0.5", or an input."""
    for en, zh in _TOLD if lang == "zh" else ():
        text = re.sub(en, zh, text)
    return text
