"""What is read of a learner's file: the right statements, each where it stood, and nothing that would take time."""

import ast
import json

import pytest

from byhand.judge.model import Place, Problem
from byhand.judge.reading.notebook import Unreadable, read


def notebook(*cells, **extra):
    """A notebook of nbformat 4: Markdown for what begins with #, else code."""
    made = [{"cell_type": "markdown" if cell.startswith("#") else "code", "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **extra}).encode()


def kept(source):
    return [line for line in read(source.encode(), "a.py").text.split("\n") if line.strip()]


def test_a_definition_knows_its_place_its_heading_and_its_parameters():
    program = read(
        notebook("# Adam", "import torch\n", "## 交叉熵\ntext", "\n\ndef ce(p, *, y=0):\n    return p\n"), "a.ipynb"
    )
    (definition,) = program.definitions
    assert (definition.name, definition.heading, definition.parameters) == ("ce", "交叉熵", ("p", "y"))
    assert program.place(definition.node.lineno) == Place(cell=2, line=3)
    assert definition.source == "def ce(p, *, y=0):\n    return p"


def test_version_3_has_worksheets_and_input():
    cells = [
        {"cell_type": "heading", "source": "KL"},
        {"cell_type": "code", "input": ["def kl(p, q):\n", "    return p"]},
    ]
    program = read(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode(), "old.ipynb")
    assert [(d.name, d.heading) for d in program.definitions] == [("kl", "KL")]


def test_python_with_and_without_cells():
    text = (
        "# %% [markdown]\n# # KL divergence\n# %%\ndef kl(p, q):\n    return p\n# %% AUC\ndef f(a, b):\n    return a\n"
    )
    marked = read(text.encode(), "a.py")
    assert [(d.name, d.heading) for d in marked.definitions] == [("kl", "KL divergence"), ("f", "AUC")]
    assert marked.place(marked.definitions[1].node.lineno) == Place(None, 7)
    plain = read(b"# my own Adam\nclass A:\n    pass\n", "a.py")
    assert [(d.name, d.heading) for d in plain.definitions] == [("A", "my own Adam")]


@pytest.mark.parametrize(
    "line",
    [
        "for i in range(10**9): pass",
        "train(model)",
        "data = load('x')",
        "print('hi')",
        "torch.manual_seed(0)",
        "x = open('/etc/passwd').read()",
        "losses = [f(i) for i in range(10)]",
        "while True: pass",
        "with open('x') as f: pass",
        "y += 1",
        "data = np.loadtxt('x')",
        "import matplotlib.pyplot as plt",
        "if __name__ == '__main__':\n    f(1)",
        "%matplotlib inline",
        "!rm -rf ~",
        "files = !ls",
        "torch?",
    ],
)
def test_what_is_not_run_at_the_top_level(line):
    assert kept(f"{line}\ndef f(x):\n    return x") == ["def f(x):", "    return x"]


@pytest.mark.parametrize(
    "line",
    [
        "import numpy as np",
        "from torch import nn as np",
        "np = 1e-8",
        "np = (1, 2, 'x')",
        "np: float = 0.5",
        "np = torch.nn.functional",
        "np = math.sqrt(2)",
        "np = np.finfo(np.float64).eps",
        "try:\n    import numpy as np\nexcept ImportError:\n    pass",
        "np = lambda x: x",
        "np = getattr(F, 'cross_entropy')",
        "np = logging.getLogger(__name__)",
        "np = np.vectorize(f)",
    ],
)
def test_what_a_definition_needs_is_kept(line):
    assert kept(f"{line}\ndef f(x):\n    return np * x")[:-2] == line.split("\n")


def test_what_it_needs_may_need_more():
    head = "import numpy as np\nn = len('ab')\nW = np.zeros((n, 3))\nm = np.zeros_like(W)"
    assert kept(f"{head}\nX = np.zeros(9)\ndef f(x):\n    return m * x")[:4] == head.split("\n")
    assert "X" not in "".join(kept(f"{head}\nX = np.zeros(9)\ndef f(x):\n    return m * x"))


def test_names_of_what_is_not_run_are_known():
    text = "lr = 0.1\ndata = open('a')\nfor t in range(9):\n    w = t\ndef f(x):\n    return x * lr * t"
    (definition,) = read(text.encode(), "a.py").definitions
    assert definition.left == {"data", "t", "w"}


def test_a_named_tuple_is_a_definition():
    line = "State = collections.namedtuple('State', 'm v')"
    assert kept(f"import collections\n{line}\ndef f(x):\n    return x")[:2] == ["import collections", line]


def test_of_a_line_with_several_statements_those_worth_running_are_kept():
    assert kept("a = 1; print(a); b = 2\ndef f():\n    return a + b")[0] == "a = 1; b = 2"


def test_magics_of_a_cell():
    program = read(notebook("%%time\ndef f(x):\n    return x", "%%bash\nrm -rf ~", "if 1:\n    %time g()\n"), "a.ipynb")
    assert [d.name for d in program.definitions] == ["f"]
    assert "rm" not in program.text
    assert not program.problems


def test_a_percent_sign_that_is_python_stays():
    assert kept("def f(x):\n    return (x\n% 2)") == ["def f(x):", "    return (x", "% 2)"]


def test_a_cell_that_is_no_python_is_left_out_and_told():
    program = read(notebook("def f(x):\n    return x", "x = 1\nprint 'old'"), "a.ipynb")
    assert [d.name for d in program.definitions] == ["f"]
    (problem,) = program.problems
    assert problem == Problem(Place(2, 2), "print")


def test_a_name_that_is_bound_twice_means_to_each_definition_what_it_meant_then():
    text = "def h(x):\n    return {}\ndef kl(p, q):\n    return {} * h(p)\n"
    text = text.format(1, 1) + text.format(2, 3)
    programs = {}
    for definition in read(text.encode(), "a.py").definitions:
        if definition.name == "kl":
            names = {}
            exec(definition.program, names)
            programs[definition.node.lineno] = names["kl"](0, 0)
    assert programs == {3: 1, 7: 6}


def test_a_definition_may_use_what_is_defined_below():
    (f, _) = read(b"def f(x):\n    return g(x)\ndef g(x):\n    return x + 1\n", "a.py").definitions
    names = {}
    exec(f.program, names)
    assert names["f"](1) == 2


@pytest.mark.parametrize(
    "cells",
    [
        ["from __future__ import annotations\nimport torch as np", "def f(x: Unknown) -> 1 / 0:\n    return np"],
        ["import torch as np", "from __future__ import annotations", "def f(x: Unknown):\n    return np"],
        ["# text", "import torch as np\n", "from __future__ import annotations\n\ndef f(x: y): return np"],
        ['"text"\nnp = 1', "from __future__ import annotations, division", "def f(x: Unknown):\n    return np"],
    ],
)
def test_annotations_that_are_not_looked_up_stay_so(cells):
    (definition,) = read(notebook(*cells), "a.ipynb").definitions
    names = {}
    exec(definition.program, names)
    assert names["f"](0) is names["np"]


def test_a_lambda_is_a_function():
    (definition,) = read(b"x = 0\nkl = lambda p, q: p", "a.py").definitions
    assert (definition.name, definition.parameters, definition.node.lineno) == ("kl", ("p", "q"), 2)
    assert isinstance(definition.node, ast.FunctionDef)


def test_decorators_and_windows_line_ends_belong_to_it():
    program = read(b"import functools\r\n@functools.cache\r\ndef f(x):\r\n    return x\r\n", "a.py")
    assert program.definitions[0].program.startswith("import functools\n@functools.cache\ndef f(x):")


@pytest.mark.parametrize(
    ("data", "file", "why"),
    [
        (b"[" * 100_000, "deep.ipynb", "must be JSON"),
        (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep.ipynb", "must"),
        (b"{}", "empty.ipynb", "must have cells"),
        (b"[]", "list.ipynb", "must have cells"),
        (b"\xff\xfe", "a.py", "UTF-8"),
        (b"a\0b", "a.py", "zero bytes"),
        (b"#" * 1_000_001, "big.py", "at most 1 MB"),
        (b"#" * 1_000_001, "<stdin>", "at most 1 MB"),
        (notebook(*["x" * 99_999] * 11), "code.ipynb", "at most 1 MB of code"),
        (b"def f(a): pass\n" * 2001, "many.py", "at most 2,000 functions and methods"),
        (b"f(a);" * 50_001, "many.py", "at most 50,000 statements"),
        (b"a = 1;" * 10_001 + b"\ndef f(): return a", "many.py", "at most 10,000 definitions, imports and constants"),
        (b"def f(a):\n    x = 1\n    return a\nf2 = 1\n" * 1500, "same.py", "must not bind its names anew"),
        (notebook(*["x"] * 2001), "many.ipynb", "at most 2000 cells"),
    ],
)
def test_bombs_and_nonsense_get_one_sentence(data, file, why):
    with pytest.raises(Unreadable, match=why) as caught:
        read(data, file)
    assert "\n" not in str(caught.value)


def test_odd_notebooks_are_read_as_far_as_they_make_sense():
    cells = [
        3,
        {"cell_type": 5},
        {"cell_type": "code"},
        {"cell_type": "code", "source": [1]},
        {"cell_type": "raw", "source": "x"},
    ]
    cells.append(
        {"cell_type": "code", "source": "def f(x):\n    return x", "outputs": [{"data": {"text/html": "<script>"}}]}
    )
    program = read(json.dumps({"cells": cells}).encode(), "odd.ipynb")
    assert [d.name for d in program.definitions] == ["f"]
    assert "script" not in program.text + "".join(program.lines)


def test_standard_input_may_be_either():
    assert read(notebook("def f(x):\n    return x"), "<stdin>").definitions
    assert read(b"def f(x):\n    return x", "<stdin>").definitions


def test_a_constant_that_nothing_names_is_not_run():
    text = "a = 2\nb = a + 1\nfor_ever = 9**9**9**9\nx, y = 1, for_ever\ndef sgd(w, g, lr=b):\n    return w - lr * g\n"
    assert read(text.encode(), "a.py").text == "a = 2\nb = a + 1\n\n\ndef sgd(w, g, lr=b):\n    return w - lr * g\n"
