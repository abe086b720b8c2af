"""Why a file is refused as a whole, in English and Chinese."""

from __future__ import annotations

from byhand.judge.visible import visible

REFUSALS = {
    "not UTF-8": (
        "a file to check must be text in UTF-8, {file} is not.",
        "要检查的文件必须是 UTF-8 文本，{file} 不是。",
    ),
    "zero bytes": (
        "a file to check must be text, {file} has zero bytes.",
        "要检查的文件必须是文本，{file} 里有值为 0 的字节。",
    ),
    "much code": (
        "a notebook must have at most {most} MB of code, {file} has more.",
        "一个 notebook 最多 {most} MB 代码，{file} 超出了。",
    ),
    "large": (
        "a file to check must have at most {most} MB, {file} has more.",
        "要检查的文件最多 {most} MB，{file} 超出了。",
    ),
    "containers": (
        "a notebook to check must have at most {most:,} lists and tables, {file} has more.",
        "要检查的 notebook 最多有 {most:,} 个列表和对象，{file} 超出了。",
    ),
    "not JSON": ("a notebook must be JSON, {file} is not.", "notebook 必须是 JSON，{file} 不是。"),
    "no cells": ("a notebook must have cells, {file} has none.", "notebook 必须有单元格（cells），{file} 没有。"),
    "cells": (
        "a notebook to check must have at most {most} cells, {file} has {there:,}.",
        "要检查的 notebook 最多 {most} 个单元格，{file} 有 {there:,} 个。",
    ),
    "statements": (
        "a file to check must have at most {most:,} statements, {file} has more.",
        "要检查的文件最多 {most:,} 条语句，{file} 超出了。",
    ),
    "functions": (
        "a file to check must have at most {most:,} functions and methods, {file} has {there:,}.",
        "要检查的文件最多 {most:,} 个函数和方法，{file} 有 {there:,} 个。",
    ),
    "definitions": (
        "a file to check must have at most {most:,} definitions, imports and constants, {file} has {there:,}.",
        "要检查的文件最多 {most:,} 个定义、import 和常量，{file} 有 {there:,} 个。",
    ),
    "names anew": (
        "a file to check must not bind its names anew hundreds of times, {file} does.",
        "要检查的文件不能成百次重新绑定同样的名字，{file} 里就是这样。",
    ),
    "not defined": (
        "`--as` of `check` must name a definition of {file}, got {names}.",
        "`check` 的 `--as` 必须是 {file} 里的定义，收到的是 {names}。",
    ),
}


class Unreadable(ValueError):
    """The file is not a notebook or Python file that can be judged; the message is one sentence, in English.

    Args:
        key: one of ``REFUSALS``.
        fill: values for the placeholders of its sentence.
    """

    def __init__(self, key: str, **fill: object) -> None:
        self._texts = tuple(visible(text.format(**fill)) for text in REFUSALS[key])
        super().__init__(self._texts[0])

    def said(self, lang: str) -> str:
        """The sentence in "en" or "zh"."""
        return self._texts[lang == "zh"]
