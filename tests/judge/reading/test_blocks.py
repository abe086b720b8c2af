"""One error costs no more than its own block; what is easily mended is mended, and said."""

import pytest

from byhand.judge.model import Place
from byhand.judge.reading.notebook import read

SGD = "def sgd(w, g, lr):\n    return w - lr * g\n"
LAST = "def adam(w, g):\n    '''Text\nat the margin: x = (1\n    '''\n    return w - g\n"
BROKEN = {
    "a bracket that is not closed": "def kl(p, q):\n    return np.sum(p * np.log(p / q)\n",
    "a text that is not closed": 'def kl(p, q):\n    """KL\n    return (p * (p / q).log()).sum()\n',
    "a line of prose": "Then we write the loss:\n",
    "a colon too few": "def kl(p, q)\n    return p / q\n",
    "an indent too many": "def kl(p, q):\n    a = p / q\n      return a\n",
    "an old exception": "def kl(p, q):\n    try:\n        return p / q\n    except Exception, e:\n        raise\n",
    "a body that is missing": "def kl(p, q):\n",
    "a page of HTML": "<html>\n<body>\n</html>\n",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_block_that_is_broken_costs_nothing_else(kind):
    text = "import numpy as np\n\n" + SGD + "\n" + BROKEN[kind] + "\n@decorator\n" + LAST
    program = read(text.encode(), "a.py")
    names = [definition.name for definition in program.definitions]
    assert names[:1] == ["sgd"]
    assert "adam" in names or kind == "a text that is not closed"
    assert program.problems
    assert all(6 <= problem.place.line <= 15 for problem in program.problems)
    lost = {name for problem in program.problems for name in problem.lost}
    assert lost == ({"kl"} if "def" in BROKEN[kind] and kind != "a body that is missing" else set())
    compile(program.text, "", "exec")


def test_lines_stay_where_they_stood():
    program = read(("x = = 1\n\n" + SGD).encode(), "a.py")
    assert program.definitions[0].node.lineno == 3
    assert program.place(3) == Place(None, 3)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("print w", "print(w)"),
        ("print 'loss: %f' % w, g", "print('loss: %f' % w, g)"),
        ("if w: print w", "if w: print(w)"),
        ("print w,", "print(w)"),
    ],
)
def test_a_print_of_python_2_is_read_and_said(old, new):
    program = read(f"def sgd(w, g, lr):\n    {old}\n    return w - lr * g\n".encode(), "a.py")
    assert [definition.name for definition in program.definitions] == ["sgd"]
    assert program.text.split("\n")[1].strip() == new
    assert [(problem.message, problem.place.line, problem.lost) for problem in program.problems] == [("print", 2, ())]
    assert program.lines[1].strip() == old  # what a report shows is the learner's


def test_tabs_between_spaces_are_read_as_eight_columns_and_said():
    program = read(b"def sgd(w, g, lr):\n        a = lr * g\n\treturn w - a\n", "a.py")
    assert [definition.name for definition in program.definitions] == ["sgd"]
    assert [problem.message for problem in program.problems] == ["tabs"]


UNFINISHED = """class SGD:
    def __init__(self, params, lr):
        self.params, self.lr = params, lr

    def step(self):
        for p in self.params:
            p.data -= self.lr * p.grad

{method}
    def after(self):
        return self.lr
"""


@pytest.mark.parametrize(
    ("method", "lost", "line"),
    [
        ("    def zero_grad(self):\n        for p in self.params:  # later", ("empty block", ()), 10),
        ("    def zero_grad(self):", ("empty block", ()), 9),
        ("    @torch.no_grad()\n    def clip(self):\n        p.grad *= (1 +", ("'(' was never closed", ("clip",)), 11),
        ("    def clip(self):\n        return self.lr *", ("invalid syntax", ("clip",)), 10),
    ],
)
def test_a_method_that_is_not_finished_does_not_cost_its_class(method, lost, line):
    text = UNFINISHED.replace("{method}", method)
    program = read(text.encode(), "a.py")
    assert [definition.name for definition in program.definitions] == ["SGD"]
    names = [node.name for node in program.definitions[0].node.body]
    assert names == ["__init__", "step", *(["zero_grad"] if not lost[1] else []), "after"]
    assert [(problem.message, problem.lost) for problem in program.problems] == [lost]
    assert program.problems[0].place.line == line
    assert program.definitions[0].node.body[-1].lineno == text.count("\n") - 1


def test_a_class_whose_first_method_is_broken_is_left_out():
    program = read(b"class SGD:\n    def __init__(self, lr):\n        self.lr = = lr\n", "a.py")
    assert not program.definitions
    assert program.problems[0].lost == ("SGD",)


def test_the_work_grows_with_the_file_and_not_with_its_square():
    text = "x = (\n" * 5000 + SGD
    program = read(text.encode(), "a.py")
    assert len(program.problems) <= 5001


MARKDOWN = """# Notes

Text with `code`, and a list:

```python
import numpy as np
```

## SGD

1. first

   ```py
   def sgd(w, g, lr):
       return w - lr * g
   ```

```bash
def x(: rm -rf
```

~~~
def adam(w, g):
    return w - g
~~~

```
loss: 0.1
```

```python
print "unfinished
"""


def test_the_fences_of_a_markdown_file_are_its_cells():
    program = read(MARKDOWN.encode(), "notes.md")
    assert [(d.name, d.heading) for d in program.definitions] == [("sgd", "SGD"), ("adam", "SGD")]
    assert program.place(program.definitions[0].node.lineno) == Place(None, 14)
    assert not program.problems


def test_a_cell_that_writes_a_file_is_read_like_others():
    cells = ["%%writefile losses.py\\n" + SGD.replace("\n", "\\n"), "from losses import sgd"]
    text = '{"cells": [' + ", ".join(f'{{"cell_type": "code", "source": "{cell}"}}' for cell in cells) + "]}"
    assert [definition.name for definition in read(text.encode(), "a.ipynb").definitions] == ["sgd"]
