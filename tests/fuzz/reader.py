"""Generated files for the reading half of ``byhand check``, and the checks on them.

``make fuzz`` counts how many of them end in anything but a report or an error message.
"""

from __future__ import annotations

import ast
import io
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[2]
SECONDS = 20.0
"""Seconds of processor time after which reading has taken too long."""
TREES = (
    "def {n}(p, p): return p",
    "def {n}(p, g):\n    nonlocal p\n    return p",
    "def {n}(p, g):\n    global p\n    return p - g",
    "def {n}(p, g):\n    from math import *\n    return log(p)",
    "return {n}",
    "class {n}:\n    return 1",
    "class {n}:\n    x = yield 1\n    def step(self): pass",
    "def {n}(p, g): await p",
    "await {n}(1, 2)",
    "break",
    "f(x=1, x=2)",
    "*{n}, *b = 1, 2",
    "*{n} = 1",
    "nonlocal {n}",
    "from __future__ import {n}",
    "from __future__ import annotations",
    "__debug__ = 1",
    "def {n}(p, g, *, lr=[{{}}[0]]): return p - lr * g",
    "class {n}({n}):\n    def step(self): pass",
    "class {n}(*a, **b):\n    def step(self): self.p.grad",
    "{n} = lambda *p, **g: (yield)",
    "{n}: int = lambda p, g: p",
    "{n}.step = lambda p, g: p",
    "a, {n} = lambda p, g: p, 1",
    "try:\n    {n} = 1\nfinally:\n    pass",
    "try: pass\nexcept* ValueError: {n} = 1",
    "if 1:\n    def {n}(p, g, lr): return p - lr * g",
    "def {n}(p, g, lr): ...",
    "def {n}(p, /, g, *, lr): return p - lr * g",
    "async def {n}(p, g, lr): return p - lr * g",
    "@{n}\n@{n}.x(1)[2]\ndef {n}(p, g, lr): return p - lr * g",
    "@dataclass\nclass {n}:\n    params: list\n    lr: float = {{[]: 1}}\n    def step(self): self.params.grad",
    "State = namedtuple('{n}', {{[]}})",
    "State = namedtuple('S', 'm v')\ndef {n}(p, g, state, lr=1e400): return p, State(g, state.v)",
    "def {n}(p, g, lr=1j, eps=b'x', betas=(1, 'a')): return p - lr * g",
    "def {n}(y_true, y_pred): return f'{{y_true!r:>{{y_pred}}}}' + rf'\\d{{1:{{2}}}}'",
    "def {n}(p, q): return '\\d\\N{{DIGIT ONE}}' if p is 1 else (p, q)(0)",
    "match {n}:\n    case [*a, *b]: pass",
    "match {n}:\n    case {{**r}} | a: pass\n    case _: pass",
    "with a as {n}: pass",
    "for {n} in range(3): {n} = {n}",
    "del {n}",
    "{n} = {n} = {n}",
    "{n} += 1",
    "'''{n}",
    "%%bash\n{n}",
    "%time {n}(1)\n!{n}\n{n}?\n?{n}\nx = !ls",
    "x = [({n}) for {n} in {n} if ({n} := 1)]",
    "def {n}(p, g, lr=0.1):\n\tif p:\n        return g",
    "def {n}(p: 'x' = lambda: 0, g: {n} = {n}) -> {n}: return p",
)
"""Statements that mostly parse and that no learner writes; ``{n}`` is a name."""
NAMES = (
    *("adam", "Adam", "sgd", "SGD", "Momentum", "AdamW", "kl", "kl_div", "cross_entropy", "roc_auc", "f", "optimizer"),
    *("ﬁ", "ｓｇｄ", "交叉熵", "ªdam", "x" * 5000, "__init__", "step", "None", "print", "_", "self", "aͣdam"),
)
ODD = ("\x00", "\x0c", "\x1b[31m", "\r", "\u2028", "\u202e", "\ufeff", "\ud800", "\U0010ffff", "\x85", "\t", "θ̂", "\\")
TOKENS = (
    "(",
    ")",
    "[",
    "{",
    "}",
    ":",
    "\n",
    "    ",
    ";",
    ",",
    "=",
    "lambda",
    "for",
    "*",
    "**",
    "'",
    '"""',
    "#",
    "@",
    "%",
)


def inputs(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """``count`` files, each with name and content; the same for the same seed."""
    rng = random.Random(seed)
    scripts = [path.read_bytes() for path in sorted((HOUSE / "tests/judge/wheats").rglob("*.py"))]
    notebooks = [path.read_bytes() for path in sorted((HOUSE / "examples").glob("*.ipynb"))]
    for i in range(count):
        kind = rng.randrange(8)
        if kind == 0:
            yield f"{i}.{rng.choice(['py', 'ipynb'])}", _bytes(rng, rng.choice([*scripts, *notebooks]))
        elif kind <= 2:
            yield f"{i}.ipynb", _structure(rng, json.loads(rng.choice(notebooks)))
        elif kind == 3:
            yield f"{i}.py", _tokens(rng, rng.choice(scripts).decode()).encode(errors="surrogatepass")
        elif kind == 4:
            yield f"{i}.py", _tree(rng, rng.choice(scripts).decode()).encode(errors="replace")
        else:
            source = "\n".join(_strange(rng) for _ in range(rng.randrange(1, 4)))
            own = rng.choice(scripts).decode() if rng.random() < 0.5 else ""
            text = "\n# %%\n".join(rng.sample([source, own], 2))
            cell = {"cell_type": "code", "source": text}
            notebook = rng.random() < 0.4
            data = json.dumps({"cells": [cell]}).encode() if notebook else text.encode(errors="replace")
            yield f"{i}.{'ipynb' if notebook else 'py'}", data


def _bytes(rng: random.Random, data: bytes) -> bytes:
    """Flip bits; duplicate, move and delete pieces."""
    made = bytearray(data)
    for _ in range(rng.randrange(1, 12)):
        at, length = rng.randrange(len(made) + 1), rng.choice([1, 1, 4, 30, 300])
        match rng.randrange(4):
            case 0:
                made[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del made[at : at + length]
            case 2:
                made[at:at] = made[at : at + length] * rng.choice([1, 2, 20])
            case 3:
                made[at:at] = rng.choice([*ODD, *TOKENS]).encode(errors="surrogatepass")
    return bytes(made)


def _structure(rng: random.Random, notebook: object) -> bytes:
    """Put JSON values of other types in unexpected places."""
    places: list[tuple[object, object]] = []
    waiting = [notebook]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
        places += [(node, key) for key in keys]
        waiting += [node[key] for key in keys]  # type: ignore[index]
    for _ in range(rng.randrange(1, 6)):
        node, key = rng.choice(places)
        value = rng.choice(
            [
                None,
                True,
                3,
                -1.5,
                10**5000,
                "",
                "code",
                [],
                {},
                [[]],
                "\ud800",
                {"cell_type": "code"},
                [1, "a"],
                _strange(rng),
            ]
        )
        if isinstance(node, dict):
            match rng.randrange(3):
                case 0:
                    node[key] = value
                case 1:
                    node.pop(key, None)
                case 2:
                    node[rng.choice(["cells", "worksheets", "source", "input", "cell_type", "metadata"])] = value
        elif isinstance(node, list) and isinstance(key, int) and key < len(node):
            node[key] = value
    sys.set_int_max_str_digits(0)
    text = json.dumps(notebook, ensure_ascii=rng.random() < 0.5)
    sys.set_int_max_str_digits(4300)
    return text.encode(errors="surrogatepass")


def _tokens(rng: random.Random, text: str) -> str:
    """Duplicate, swap and insert words."""
    for _ in range(rng.randrange(1, 10)):
        words = text.split(" ")
        at, other = rng.randrange(len(words)), rng.randrange(len(words))
        match rng.randrange(4):
            case 0:
                words[at] = f"{words[at]} " * rng.choice([2, 3, 200])
            case 1:
                words[at], words[other] = words[other], words[at]
            case 2:
                words.insert(at, rng.choice(TOKENS))
            case 3:
                words.insert(at, rng.choice(ODD))
        text = " ".join(words)
    return text


def _tree(rng: random.Random, text: str) -> str:
    """Move parts of a program's tree to other places."""
    tree = ast.parse(text)
    expressions = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    fields = [(node, name) for node in ast.walk(tree) for name, value in ast.iter_fields(node) if _is_part(value)]
    try:
        for _ in range(rng.randrange(1, 5)):
            node, name = rng.choice(fields)
            setattr(node, name, ast.parse(ast.unparse(rng.choice(expressions)), mode="eval").body)
        return ast.unparse(tree)
    except (SyntaxError, ValueError, TypeError, AttributeError, RecursionError):
        return text


def _is_part(value: object) -> bool:
    return isinstance(value, ast.expr)


def _strange(rng: random.Random) -> str:
    """A statement of an odd kind, or an ordinary one of an odd size."""
    name, n = rng.choice(NAMES), rng.choice([3, 30, 300, 3000])
    makers: tuple[Callable[[], str], ...] = (
        lambda: rng.choice(TREES).format(n=name),
        lambda: rng.choice(TREES).format(n=name),
        lambda: f"def {name}(p, g, lr=0.1):\n    return " + "+".join(["p"] * n),
        lambda: f"def {name}(p, g, lr=0.1):\n    return " + "log(" * n + "p" + ")" * n,
        lambda: f"def {name}(p, g, lr=0.1):\n    return p" + rng.choice([".x", "[0]", "(1)", " if g else p"]) * n,
        lambda: f"def {name}(p, g, lr=0.1):\n    if p: pass\n" + "    elif g: pass\n" * n + "    return p - lr * g",
        lambda: f"def {name}(p, g, lr={'9' * n}): return p - 0x{'f' * n} * g",
        lambda: f"def {name}(p, g, lr=0.{'1' * n}):\n" + "".join(f"    x = 0.{i:04}\n" for i in range(n)),
        lambda: f"def {name}(p, g, lr): return p - lr * g\n" * n,
        lambda: "".join(f"def {name}{i}(p, g, lr): return p - lr * g\n" for i in range(n)),
        lambda: (
            f"class {name}:\n" + "".join(f"    def kl{i}(self, p, q): return self.kl{i - 1}(p, q)\n" for i in range(n))
        ),
        lambda: f"{name} = 1;" * n,
        lambda: (
            "# "
            + rng.choice(["for ", "zip(", "-1 ", "in ", "log(", "( ", "= - "]) * n
            + f"\ndef {name}(p, q): return p"
        ),
        lambda: f"def {name}(p, q):\n    # " + rng.choice(["for ", "log(", "mean(", "= -", " "]) * n + "\n    return p",
        lambda: " " * n + rng.choice(["%", "!x", "x = !y", "x?", name]),
        lambda: "".join(f"{' ' * i}{rng.choice(['if 1:', 'try:', 'for i in x:'])}\n" for i in range(n // 10)),
        lambda: rng.choice(["(", "[", "{", "{1:", "f(", "lambda: ", "not ", "-", "f'{"]) * n,
        lambda: f"def {name}({', '.join(f'a{i}' for i in range(n))}): return a0",
        lambda: f"x = {'[' * (n // 20)}{']' * (n // 20)}\ndef {name}(p, g): return x",
        lambda: f"'''{rng.choice(ODD) * n}'''\ndef {name}(p, g): return p",
        lambda: "\n" * n + rng.choice(ODD) + f"\ndef {name}(p, g): return p",
    )
    return rng.choice(makers)()


def asked(name: str, data: bytes) -> str:
    """Read a file, let every task examine every definition, build all reports; return the outcome as one word.

    Raises for every defect, that is, everything except :class:`byhand.judge.reading.notebook.Unreadable`.
    """
    from rich.console import Console

    from byhand.judge.model import Finding, Judgement, Report
    from byhand.judge.reading.methods import methods
    from byhand.judge.reading.notebook import Unreadable, read
    from byhand.judge.reading.syntax import quiet
    from byhand.judge.reporting import page, terminal
    from byhand.judge.reporting.json_form import as_json
    from byhand.judge.tasks import tasks

    try:
        program = read(data, name)
    except Unreadable:
        return "refused"
    judgements = []
    for definition in program.definitions:
        for part in (definition, *methods(definition)):
            sure = [task.recognises(part) for task in tasks()]
            found = (Finding("adam/no-bias-correction", "mistake", part.node.lineno, yours=part.name, formula="1"),)
            verdict = "mistaken" if max(sure) >= 0.5 else "unrecognised"
            judgements.append(Judgement(part, verdict, "adam", findings=found, stopped="", line=part.node.lineno))
            assert isinstance(part.constants, tuple)
    report = Report(program, tuple(judgements))
    with quiet():
        compile(program.text, name, "exec", dont_inherit=True)
    for lang in ("en", "zh"):
        terminal.show(Console(file=io.StringIO(), width=80), report, lang, 3)
        page.page(report, lang).encode()
        json.dumps(as_json(report, lang), allow_nan=False, ensure_ascii=False).encode()
    return "read" if judgements else "nothing in it"
