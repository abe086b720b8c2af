"""A file with some lines replaced: the rest stays, byte for byte."""

import json

import pytest

from byhand.judge.reading.rewritten import Patch, rewritten


def cell(source, kind="code"):
    return {"cell_type": kind, "metadata": {}, "source": source, "outputs": [{"text": ["µ\n"]}], "execution_count": 1}


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("escape", [False, True])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_of_a_notebook_only_the_source_of_a_cell_changes(indent, escape, end):
    cells = [
        cell(["# π\n"], "markdown"),
        cell(["a = 1\n", "b = 'π'\n", "c = 3"]),
        cell("x = 1\ny = 2"),
        cell(["z"]),
    ]
    book = {"metadata": {"b": 1, "a": 2}, "nbformat": 4, "nbformat_minor": 5, "cells": cells}
    data = (json.dumps(book, indent=indent, ensure_ascii=escape) + end).encode()
    changes = [
        Patch(1, 2, ("b = 'π'",), ("b = 'θ'", "d = 4")),
        Patch(2, 2, ("y = 2",), ("y = 3",)),
        Patch(3, 2, (), ("w",)),
    ]
    cells[1]["source"] = ["a = 1\n", "b = 'θ'\n", "d = 4\n", "c = 3"]
    cells[2]["source"] = "x = 1\ny = 3"
    cells[3]["source"] = ["z\n", "w\n"]
    wanted = (json.dumps(book, indent=indent, ensure_ascii=escape) + end).encode()
    changed = rewritten(data, "a.ipynb", changes)
    assert json.loads(changed) == json.loads(wanted)
    if indent is not None:  # a list of one line does not show how two of them are laid out
        assert changed == wanted


def test_a_notebook_of_format_3():
    book = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["a\n", "b"]}]}]}
    data = json.dumps(book, indent=1).encode()
    assert rewritten(data, "a.ipynb", [Patch(1, 2, ("b",), ("c",))]) == data.replace(b'"b"', b'"c"')


def test_literals_of_lines_that_stay_are_not_written_anew():
    text = '{"cells": [{"cell_type": "code", "source": ["a = \\"\\u00b5\\/\\"\\n",  "b"], "x": 1e400}], "nbformat": 4}'
    assert rewritten(text.encode(), "a.ipynb", [Patch(1, 2, ("b",), ("c",))]).decode() == text.replace('"b"', '"c"')


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_byte_order_mark_stay(end):
    text = end.join(["\ufeffa", "b", "c"])
    assert rewritten(text.encode(), "a.py", [Patch(None, 2, ("b",), ("x", "y"))]).decode() == end.join(
        ["\ufeffa", "x", "y", "c"]
    )
    assert rewritten(text.encode(), "a.py", [Patch(None, 3, ("c",), ("d",))]).decode() == end.join(
        ["\ufeffa", "b", "d"]
    )
    assert rewritten(text.encode(), "a.py", [Patch(None, 1, ("a",), ("d",))]).decode() == end.join(
        ["\ufeffd", "b", "c"]
    )


def test_code_in_markdown_keeps_its_indentation():
    text = "1. so:\n\n   ```python\n   def f(x):\n       return x\n   ```\n"
    changed = rewritten(text.encode(), "a.md", [Patch(None, 5, ("    return x",), ("    return 2 * x",))])
    assert changed.decode() == text.replace("return x", "return 2 * x")
