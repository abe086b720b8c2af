"""The words of the generated pages, English and Chinese side by side."""

from __future__ import annotations

import tomllib
from pathlib import Path

from byhand.judge.reporting.words import LANGUAGES

__all__ = ["CHINESE", "LANGUAGES", "SECTIONS", "say"]

CHINESE = tomllib.loads((Path(__file__).parent / "chinese.toml").read_text("utf-8"))
"""Longer Chinese texts."""

SECTIONS = {
    "start": ("Start", "开始"),
    "formulas": ("Formulas", "公式"),
    "mistakes": ("Mistakes", "常见错误"),
    "practice": ("Practice", "练习"),
    "check": ("Check", "检查"),
    "eval": ("Evaluate", "评测"),
    "reference": ("Reference", "API"),
    "measured": ("Measured", "实测"),
    "contribute": ("Contribute", "参与"),
}
"""The tabs of the navigation."""

_TEXTS = {
    "home": ("Home", "首页"),
    "tagline": (
        "The basics of deep learning, written by hand. Use ours, or check yours.",
        "手写深度学习的基础公式：直接使用现成的实现，或者检查你自己写的。",
    ),
    "to light": ("Switch to light", "切换到浅色"),
    "to dark": ("Switch to dark", "切换到深色"),
    "to system": ("Follow the system", "跟随系统"),
    "in english": ("The text of this page is in English.", "本页正文是英文。"),
    # formulas
    "seven": ("The seven formulas", "七个公式"),
    "seven intro": (
        "Each is one file of `byhand.formulas`: an explanation, with the branches at 0 and ∞ and the source, and the "
        "program that runs. They are the reference for the kernels, for the public API and for the judge.",
        "每个公式是 `byhand.formulas` 里的一个文件：一段说明，写明 0 和 ∞ 处的取值和出处，再加一段能运行的程序。"
        "kernel、公开接口和判题都以它们为准。",
    ),
    "evaluation": ("Formulas of evaluation", "评测公式"),
    "evaluation intro": (
        "What `byhand eval` and `byhand.metrics` compute beyond the seven. They are not judged.",
        "除七个公式之外，`byhand eval` 和 `byhand.metrics` 还计算下面几个。它们不参与判题。",
    ),
    "program": ("The program", "程序"),
    "bytes": ("Bytes moved by the kernel", "kernel 搬运的字节数"),
    "known mistakes": ("Known mistakes", "已知的错误"),
    "conventions": ("Conventions", "约定"),
    "convention intro": ("Right, under another name.", "结果不算错，只是约定不同。"),
    "use": ("Use it", "直接使用"),
    "write": ("Write it yourself", "自己写一遍"),
    # mistakes
    "mistakes title": ("What people get wrong", "常见错误"),
    "mistakes intro": (
        "{n} pages, one per mistake: what it is, how it changes the numbers, when it is not wrong, what to write "
        "instead, and both programs with the numbers that they give. `byhand check` names them.",
        "共 {n} 页，每页一种错误：错在哪里、数值上有什么后果、什么时候不算错、应该怎么写，并附上对错两段程序"
        "和各自的结果。`byhand check` 报告的就是这些错误。",
    ),
    "mistake": ("mistake", "错误"),
    "convention": ("convention", "约定"),
    "also": ("Also in", "同样见于"),
    "same as": ("Gives the same numbers as", "数值上与以下错误相同"),
    "both": ("Both programs, run", "两段程序，都运行过"),
    "right": ("Right", "正确"),
    "by formula": ("By the formula", "按公式"),
    "wrong": ("With the mistake", "有错"),
    "other": ("Under the convention", "按此约定"),
    "gives": ("gives", "结果"),
    "example": ("The same call of both:", "对两段程序做同样的调用："),
    "descend": (
        "`descend(optimizer, start, gradients)` returns θ after one step per row of `gradients`.",
        "`descend(optimizer, start, gradients)` 从 `start` 出发，按 `gradients` 每行走一步，返回最后的 θ。",
    ),
    "learner convention": (
        "No single line of the formula makes this one. Here is a program that follows it, run in the sandbox, and one "
        "that follows the formula.",
        "这种约定不在公式的某一行里。下面是一段按此约定写的程序，在沙箱里运行过，旁边是一段按公式写的程序。",
    ),
    "learner": (
        "No single line of the formula makes this one. Here is a program that has it, run in the sandbox, and the "
        "same program mended.",
        "这个错误不在公式的某一行里。下面是一段有这个错误的程序，在沙箱里运行过，旁边是改对之后的程序。",
    ),
    "learner solution": (
        "No single line of the formula makes this one. Here is a program that has it, run in the sandbox, and a right "
        "program.",
        "这个错误不在公式的某一行里。下面是一段有这个错误的程序，在沙箱里运行过，旁边是一段正确的程序。",
    ),
    "yours": ("this program", "这段程序"),
    "formula": ("the right one", "正确的程序"),
    "judged": ("What `byhand check` says of them:", "`byhand check` 的结论："),
    "in text": (
        "Only a formula in a text can have this mistake, no program.",
        "只有文字里的公式会犯这个错误，程序不会。",
    ),
    "terminal": ("In a terminal", "在终端里"),
    "try it": (
        "`byhand explain {id}` prints this page; `byhand check FILE` finds the mistake in your own program.",
        "`byhand explain {id}` 在终端里显示本页；`byhand check 文件` 可以在你自己的程序里找出这个错误。",
    ),
    "name": ("name", "名字"),
    "what it is": ("what it is", "说明"),
    # reference
    "reference title": ("Reference", "API 参考"),
    "reference intro": (
        "Made from the docstrings, whose examples the tests run.",
        "由 docstring 生成，其中的示例都由测试运行。正文是英文。",
    ),
    "Parameters": ("Arguments", "参数"),
    "Returns": ("Returns", "返回值"),
    "Raises": ("Raises", "异常"),
    "Yields": ("Yields", "产出"),
    "Attributes": ("Attributes", "属性"),
}


def say(key: str, lang: str, **fill: object) -> str:
    """A text in "en" or "zh"."""
    text = (SECTIONS.get(key) or _TEXTS[key])[LANGUAGES.index(lang)]
    return text.format(**fill) if fill else text
