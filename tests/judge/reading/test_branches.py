"""Definitions inside if and try: each is found at its own line, and a branch that can't run here costs none."""

import ast

import pytest

from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.loading import load
from byhand.judge.reading.notebook import read
from byhand.judge.session import Session
from byhand.judge.tasks import task
from byhand.sandbox.machine import Machine

SGD = "def sgd(w, g, lr):\n    return w - lr * g\n"


def indented(text, levels=1):
    return "".join(" " * 4 * levels + line for line in text.splitlines(keepends=True))


WRAPPED = {
    "if": "if not USE_TORCH:\n" + indented(SGD),
    "else": "if USE_TORCH:\n    import torch\nelse:\n" + indented(SGD),
    "elif": "if A:\n    x = 1\nelif B:\n" + indented(SGD),
    "try": "try:\n    import tensorflow as tf\n\n" + indented(SGD) + "except ImportError:\n    sgd = None\n",
    "except": "try:\n    from here import sgd\nexcept ImportError:\n" + indented(SGD),
    "try in if": "if A:\n    try:\n        import nowhere\n"
    + indented(SGD, 2)
    + "    except ImportError:\n        pass\n",
    "the part that is run": 'if __name__ == "__main__":\n    train()\n' + indented(SGD),
    "several lines": "if (A and\n        B):\n    x = input()\n\n    @timer\n" + indented(SGD),
}


@pytest.mark.parametrize("kind", WRAPPED)
def test_a_definition_in_a_branch_is_found_at_its_line(kind):
    text = "USE_TORCH = A = B = False\n" + WRAPPED[kind]
    program = read(text.encode(), "a.py")
    (definition,) = program.definitions
    line = text.split("\n").index(next(line for line in text.split("\n") if "def sgd" in line)) + 1
    assert definition.node.lineno == line
    assert definition.program.split("\n")[line - 1] == text.split("\n")[line - 1]
    assert definition.node in definition.statements
    assert not any(isinstance(node, ast.Call) for node in ast.walk(ast.parse(definition.program)))


@pytest.mark.parametrize("kind", WRAPPED)
def test_a_definition_in_a_branch_is_judged(kind):
    program = read(("A = B = False\n" + WRAPPED[kind]).replace("USE_TORCH", "A").encode(), "a.py")
    (definition,) = program.definitions
    session = Session(Machine().requests)
    assert load(session, definition).reply.ok
    assert diagnose(task("sgd"), session, definition, 0).verdict == "right"


def test_both_branches_are_found():
    text = "if A:\n" + indented(SGD) + "else:\n" + indented(SGD.replace("-", "+"))
    first, second = read(text.encode(), "a.py").definitions
    assert "w - lr" in ast.unparse(first.node)
    assert "w - lr" in first.program
    assert "w + lr" not in first.program
    assert "w + lr" in ast.unparse(second.node)


def test_a_branch_without_definitions_stays_as_it_is():
    text = "try:\n    import numpy as np\nexcept ImportError:\n    np = None\n" + SGD.replace("lr * g", "np.dot(lr, g)")
    program = read(text.encode(), "a.py")
    assert program.text.startswith("try:\n    import numpy as np\nexcept")
