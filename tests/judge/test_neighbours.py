"""Modules of the learner's own: files beside the judged one, and cells that write them."""

import json

import pytest

from byhand.judge.judge import judge
from byhand.judge.reading.neighbours import beside, with_neighbours
from byhand.judge.reading.notebook import read

UTILS = (
    "import numpy as np\nprint('never run')\n\ndef log_softmax(x):\n"
    "    return x - np.logaddexp.reduce(x, 1)[:, None]\n\ntrain()\n"
)
IMPORTS = {
    "by name": ("from utils import log_softmax", "log_softmax"),
    "as a module": ("import utils as U", "U.log_softmax"),
    "by a star": ("from utils import *", "log_softmax"),
    "from beside": ("from .utils import log_softmax", "log_softmax"),
    "of a package": ("from lib.losses.utils import log_softmax", "log_softmax"),
    "of a package, as a module": ("import lib.losses.utils", "lib.losses.utils.log_softmax"),
    "from a package": ("from lib.losses import utils", "utils.log_softmax"),
}
CE = "{}\n\ndef cross_entropy(x, y):\n    return -{}(x)[range(len(y)), y].mean()\n"


def judged(file):
    program = read(file.read_bytes(), str(file))
    report = judge(with_neighbours(program, beside(str(file))))
    return {judgement.definition.name: judgement.verdict for judgement in report.judgements}


@pytest.mark.parametrize("kind", IMPORTS)
def test_a_module_beside_the_file_is_there(tmp_path, kind):
    folder = tmp_path / "lib" / "losses" if "package" in kind else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "utils.py").write_text(UTILS)
    (tmp_path / "hw.py").write_text(CE.format(*IMPORTS[kind]))
    assert judged(tmp_path / "hw.py") == {"cross_entropy": "right"}


def test_modules_import_each_other_and_need_not_be_whole(tmp_path):
    (tmp_path / "utils.py").write_text("from core import *\nfrom .more import nothing\nprint 'old'\n")
    (tmp_path / "core.py").write_text(UTILS)
    (tmp_path / "more.py").write_text("nothing = None\n")
    (tmp_path / "hw.py").write_text(CE.format(*IMPORTS["by name"]))
    assert judged(tmp_path / "hw.py") == {"cross_entropy": "right"}


@pytest.mark.parametrize("library", ["numpy", "torch", "math"])
def test_a_module_never_hides_one_of_a_library(tmp_path, library):
    (tmp_path / f"{library}.py").write_text("def mean(x):\n    return 0\n")
    program = f"import {library}\n\ndef sgd(w, g, lr):\n    return w - lr * g * {library}.exp({library}.log(NUMBER))\n"
    number = "torch.ones(())" if library == "torch" else "1.0"
    (tmp_path / "hw.py").write_text(program.replace("NUMBER", number))
    assert judged(tmp_path / "hw.py") == {"sgd": "right"}


def test_a_file_named_like_a_library_is_judged_as_any_other(tmp_path):
    (tmp_path / "torch.py").write_text(CE.format("import torch", "torch.log_softmax").replace("(x)[", "(x, 1)["))
    assert judged(tmp_path / "torch.py") == {"cross_entropy": "right"}


def test_what_is_not_a_text_or_too_large_is_not_there(tmp_path):
    (tmp_path / "utils.py").write_text("#" * 200_001)
    (tmp_path / "hw.py").write_text(CE.format(*IMPORTS["by name"]))
    assert judged(tmp_path / "hw.py") == {"cross_entropy": "blocked"}
    (tmp_path / "utils.py").write_bytes(b"\xff\xfe")
    assert judged(tmp_path / "hw.py") == {"cross_entropy": "blocked"}
    (tmp_path / "utils.py").unlink()
    (tmp_path / "utils.py").mkdir()
    assert judged(tmp_path / "hw.py") == {"cross_entropy": "blocked"}


def test_a_cell_that_writes_a_module_writes_it(tmp_path):
    cells = ["%%writefile utils.py\n" + UTILS, CE.format(*IMPORTS["as a module"])]
    notebook = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    (tmp_path / "hw.ipynb").write_text(json.dumps(notebook))
    assert judged(tmp_path / "hw.ipynb")["cross_entropy"] == "right"
