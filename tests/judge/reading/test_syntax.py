"""What has a syntax tree and is no program, and what is too much: left out with a sentence, and the rest is judged."""

import json
import time

import pytest

from byhand.judge.judge import candidates
from byhand.judge.model import Place, Problem, Report
from byhand.judge.reading import cells
from byhand.judge.reading.notebook import Unreadable, read
from byhand.judge.reading.syntax import TOO_MUCH
from byhand.judge.reporting.report import problems
from byhand.judge.reporting.texts import PROBLEMS
from byhand.judge.reporting.words import LANGUAGES

GOOD = "def sgd(w, g):\n    return w - 0.1 * g\n"


def told(source, file="a.py"):
    """The names that are left, and what is said of others."""
    program = read(source.encode(), file)
    places = [one.place for one in program.problems]
    assert places == sorted(places, key=lambda place: (place.cell or 0, place.line))
    compile(program.text, "", "exec")
    return [d.name for d in program.definitions], [one.message for one in program.problems]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("def f(a, a): pass", "duplicate argument"),
        ("def f():\n    nonlocal x", "no binding for nonlocal"),
        ("nonlocal x", "nonlocal declaration not allowed"),
        ("def f(x):\n    global x", "is parameter and global"),
        ("def f():\n    from math import *", "import * only allowed at module level"),
        ("return 1", "outside function"),
        ("class A:\n    return 1", "outside function"),
        ("class A:\n    x = yield 1", "outside function"),
        ("def f():\n    await g()", "outside async function"),
        ("break", "outside loop"),
        ("def f():\n    continue", "not properly in loop"),
        ("*a = 1", "must be in a list or tuple"),
        ("*a, *b = x", "multiple starred expressions"),
        ("def f():\n    __debug__ = 1", "cannot assign to __debug__"),
        ("f = lambda x, x: 1", "duplicate argument"),
        ("def f():\n    yield 1\n    async with a: pass", "outside async function"),
        ("from __future__ import braces", "not a chance"),
        ("try: pass\nexcept: pass\nexcept ValueError: pass", "default 'except:' must be last"),
        ("def f(x):\n    match x:\n        case a: pass\n        case b: pass", "makes remaining patterns unreachable"),
        ("def f():\n" + "".join(f"{' ' * i}for i in x:\n" for i in range(1, 23)) + " " * 23 + "pass", "nested blocks"),
        ("x = " + "+".join("a" * 1000), "deep"),
        ("def f(a):\n    return " + "+".join("a" * 1000), "deep"),
        ("def f(a):\n    return " + "log(" * 150 + "a" + ")" * 150, "deep"),
        ("def f(a):\n    return a" + ".x" * 1000, "deep"),
        ("def f(a):\n    return a" + "(1)" * 1000, "deep"),
        ("if a: pass\n" + "elif a: pass\n" * 1500, "deep"),
        ("def f():\n    return " + "not " * 1000 + "a", "deep"),
        ("def f():\n    return 0x" + "f" * 5000, "digits"),
        ("def f():\n    return " + "1" * 5000, "Exceeds the limit"),
        ("x = 0x" + "f" * 5000, "digits"),
        ("def f():\n" + "    x = 1\n" * 2000, "long definition"),
        ("def f():\n    x = [" + "1," * 50_000 + "]", "long definition"),
        ("x = [" + "lambda: 0," * 1001 + "]", "long definition"),
        (
            "def f():\n" + "".join(f"{' ' * i}try: a()\n{' ' * i}finally:\n" for i in range(1, 20)) + " " * 20 + "b()",
            "f",
        ),
    ],
)
def test_what_has_a_tree_and_is_no_program_is_left_out_alone(bad, why):
    names, messages = told(f"{bad}\n{GOOD}") if "Exceeds" not in why else told(f"# %%\n{bad}\n# %%\n{GOOD}")
    assert names == ["sgd"]
    (message,) = messages
    assert why in message


def test_of_a_cell_only_the_statement_at_fault_is_left_out_and_its_line_is_told():
    source = (
        "import torch\n\nx = 1; return x; y = 2\ndef f(a, a): pass\n"
        + GOOD
        + "z = torch.pi * 2\ndef f(): return x, y, z\n"
    )
    program = read(source.encode(), "a.py")
    assert [d.name for d in program.definitions] == ["sgd", "f"]
    assert [place.line for place in (one.place for one in program.problems)] == [3, 4]
    assert program.text.split("\n")[2] == "x = 1; y = 2"


@pytest.mark.parametrize("source", ["await f()", "async for x in y: pass", "data = [await f()]", "x = await f()"])
def test_a_notebook_may_await_at_the_top_level(source):
    assert told(f"{source}\n{GOOD}") == (["sgd"], [])


def test_what_is_not_run_may_be_as_long_as_it_likes():
    assert told("plot(" + "+".join("a" * 1000) + ")\n" + GOOD) == (["sgd"], [])


@pytest.mark.parametrize("key", PROBLEMS)
def test_each_reason_is_a_sentence_in_both_languages(key):
    report = Report(read(GOOD.encode(), "a.py"), ())
    report = Report(
        type(report.program)(**{**vars(report.program), "problems": (Problem(Place(1, 2), key, ("kl",)),)}), ()
    )
    english, chinese = (problems(report, lang)[0] for lang in LANGUAGES)
    assert english.startswith("cell 1, line 2: " + ("left out, since" if key in TOO_MUCH else ""))
    assert chinese.startswith("第 1 个单元格第 2 行：" + ("已跳过" if key in TOO_MUCH else ""))
    assert english.endswith("lost with it: kl")
    assert chinese.endswith("一并跳过：kl")


def notebook(*made, **more):
    return json.dumps({"cells": list(made), **more}).encode()


def code(source, **more):
    return {"cell_type": "code", "source": source, **more}


def test_what_a_notebook_stores_does_not_count():
    picture = "A" * 6_000_000
    data = notebook(
        {"cell_type": "markdown", "source": "# SGD\n![](data:image/png;base64," + picture + ")"},
        {"cell_type": "markdown", "source": "text", "attachments": {"a.png": {"image/png": picture}}},
        code(GOOD, outputs=[{"data": {"image/png": picture}}]),
        metadata={"widgets": picture},
    )
    program = read(data, "a.ipynb")
    assert [(d.name, d.heading) for d in program.definitions] == [("sgd", "text")]
    assert read(data.replace(b'"text"', b'""'), "a.ipynb").definitions[0].heading == "SGD"
    assert not program.problems


def test_a_long_cell_is_left_out_alone():
    program = read(notebook(code("x = 1"), code("#" * 100_001), code(GOOD)), "a.ipynb")
    assert [d.name for d in program.definitions] == ["sgd"]
    assert program.problems == (Problem(Place(2, 1), "long cell"),)
    assert program.place(program.definitions[0].node.lineno) == Place(3, 1)


@pytest.mark.parametrize(
    "data",
    [
        b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'\\ny = 1"}]}',
        b'{"cells": [{"cell_type": "markdown", "source": ["# \\udfff"]}, {"cell_type": "code", "source": "\\u0000"}]}',
        b'{"worksheets": [{"cells": null}, {"cells": 3}, {"cells": {}}, null, 3]}',
        b'{"worksheets": [{"cells": [null, {"cell_type": "code", "input": null}]}]}',
        b'{"cells": [{"cell_type": null}, {"cell_type": "code", "source": {}}, [], "", 1.5]}',
        b'{"cells": [], "nbformat": ' + b"9" * 5000 + b"}",
        b'{"cells": [], "metadata": [NaN, 1e999, -Infinity]}',
    ],
)
def test_odd_notebooks_are_read(data):
    program = read(data, "a.ipynb")
    "".join((program.text, *program.lines)).encode()


@pytest.mark.parametrize("data", [b'{"cells": null}', b'{"cells": {}}', b'{"worksheets": {}}', b"null", b"3", b'""'])
def test_what_has_no_cells_is_told_so(data):
    with pytest.raises(Unreadable, match="must have cells"):
        read(data, "a.ipynb")


@pytest.mark.parametrize(("name", "data"), [("FILE_BYTES", b"{}" + b" " * 99), ("CONTAINERS", b"[]" * 51)])
def test_a_notebook_has_its_limits(monkeypatch, name, data):
    monkeypatch.setattr(cells, name, 50)
    with pytest.raises(Unreadable, match="must have at most"):
        read(data, "a.ipynb")


HOSTILE = {
    "blanks before no magic": " " * 20_000 + "x\n%" + " " * 20_000 + "\n" + "a" + " " * 20_000 + "?!",
    "one comment": "# " + "for " * 200_000 + "\n" + GOOD,
    "one name, often": "def adam(p, g, lr):\n    return p - lr * g\n" * 800,
    "many names": "".join(f"def adam{i}(p, g, lr):\n    return p - lr * g\n" for i in range(1000)),
    "one line": "a = 1;" * 9000,
    "a line of prints": "f(1);" * 20_000,
    "short lines": "a\n" * 40_000,
    "a long line": "x = '" + "a" * 900_000 + "'\n" + GOOD,
    "a long list": "x = [" + "1," * 100_000 + "]\n" + GOOD,
    "blank lines": "\n" * 900_000 + GOOD,
    "methods that call each other": "class L:\n"
    + "".join(f" def k{i}(self, p): return self.k{i + 1}(p)\n" for i in range(900)),
    "classes of classes": "class A0: pass\n"
    + "".join(f"class A{i}(A{i - 1}):\n def step(self): 1\n" for i in range(1, 900)),
}


@pytest.mark.draw(4)
@pytest.mark.parametrize("name", HOSTILE)
def test_reading_takes_time_that_grows_with_the_file(name):
    """Each took minutes when its time grew with the square; the bound is only to tell these apart."""
    from byhand.judge.reading.methods import methods
    from byhand.judge.tasks import tasks

    start = time.process_time()
    for definition in read(HOSTILE[name].encode(), "a.py").definitions:
        for part in (definition, *methods(definition)):
            for task in tasks():
                task.recognises(part)
    assert time.process_time() - start < 30


def test_the_constants_of_a_definition_are_few():
    source = (
        "def adam(p, g):\n"
        + "".join(f"    x = 0.{i:03}\n" for i in range(1, 300))
        + "    return 10**400 + 1"
        + "0" * 400
    )
    (definition,) = read(source.encode(), "a.py").definitions
    assert len(definition.constants) <= 12
    assert all(isinstance(float(x), float) for x in definition.numbers)


@pytest.mark.filterwarnings("error")
def test_what_python_warns_of_is_no_business_of_the_reader():
    source = "def sgd(w, g):\n    '\\d'\n    assert (w, 'x')\n    return w is 1 and 1if g else 0x1for\n"
    assert read(source.replace("0x1for", "0").encode(), "a.py").problems == ()


def test_an_import_that_is_there_again_makes_no_other_program():
    source = "".join(f"import torch\ndef f{i}(x):\n    return torch.exp(x)\n" for i in range(50))
    assert len({id(d.program) for d in read(source.encode(), "a.py").definitions}) == 1


@pytest.mark.parametrize("part", ["self.t: float = 0.0", "a[0]: int = 1", "t: int", "t: int = (yield)", "*t, = 1, 2"])
def test_a_record_whose_fields_are_no_names_is_recognised_or_not_without_a_traceback(part):
    program = read(f"@dataclass\nclass AdamW:\n    lr: float = 0.1\n    {part}\n{GOOD}".encode(), "a.py")
    for definition in program.definitions:
        candidates(definition)
    assert program.definitions[-1].name == "sgd"
