"""``byhand warmup`` compiles, caches and reports errors; the kernels also run without a cache."""

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import numpy as np
import pytest
import torch
from numba.core.dispatcher import Dispatcher
from typer.testing import CliRunner

import byhand
from byhand.cli import app
from byhand.cli._names import KERNELS
from byhand.cli.warmup import _calls
from byhand.evaluate.warmup import call_kernels
from byhand.kernels.numba import evaluate

ENGINE = Path(byhand.__file__).parent / "kernels" / "numba"


def run(*command, **environment):
    return subprocess.run(
        [sys.executable, *command], env=os.environ | environment, capture_output=True, text=True, timeout=200
    )


def test_it_compiles_into_the_cache_and_finds_it_there(tmp_path):
    first = run("-m", "byhand", "warmup", "sgd", NUMBA_CACHE_DIR=str(tmp_path))
    assert first.returncode == 0, first.stderr
    assert re.fullmatch(r"SGD of float32: [\d.]+ s\nCompiled in [\d.]+ s\.\n", first.stdout)
    kept = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.nbc")}
    assert kept
    again = run("-m", "byhand", "warmup", "sgd", NUMBA_CACHE_DIR=str(tmp_path))
    assert again.returncode == 0
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.nbc")} == kept


@pytest.mark.timeout(600)
def test_it_compiles_all_kernels():
    done = CliRunner().invoke(app, ["warmup"], prog_name="byhand")
    assert done.exit_code == 0, done.output
    assert "All kernels compiled" in done.stdout
    losses = ("cross-entropy of few classes", "KL divergence of logits")
    for what in (*losses, "SGD", "momentum", "Adam", "AdamW", "ROC AUC of many rows", "evaluation of logs"):
        assert f"{what} of float32: " in done.stdout
    formulas = {formula for formula, *_ in _calls(torch.float32)}
    assert formulas - {"evaluate"} == set(KERNELS) == {file.stem for file in ENGINE.glob("[a-z]*.py")}


def variants():
    """How many variants of each kernel of evaluation are compiled or loaded."""
    modules = [import_module(f"{evaluate.__name__}.{module.name}") for module in iter_modules(evaluate.__path__)]
    kernels = {id(one): one for module in modules for one in vars(module).values() if isinstance(one, Dispatcher)}
    return {one.py_func.__qualname__: len(one.signatures) for one in kernels.values()}


def test_afterwards_an_evaluation_compiles_nothing(tmp_path):
    pyarrow = pytest.importorskip("pyarrow", reason="PyArrow is not installed: pip install 'byhand[eval]'")
    from pyarrow import parquet

    call_kernels(np.dtype("float32"))
    before = variants()
    y, s = np.arange(300) % 2 == 0, np.linspace(0, 1, 300, dtype=np.float32)
    parquet.write_table(
        pyarrow.table({"y": y, "s": s, "t": s[::-1], "user": np.arange(300) // 9}), tmp_path / "log.parquet"
    )
    given = ("--label", "y", "--score", "s", "--score", "t", "--group", "user", "--by", "user", "--json")
    done = CliRunner().invoke(app, ["eval", str(tmp_path / "log.parquet"), *given], prog_name="byhand")
    assert done.exit_code == 0, done.output
    assert variants() == before


def test_an_unknown_dtype_is_one_sentence():
    done = run("-m", "byhand", "warmup", "--dtype", "int8")
    assert done.returncode == 2
    assert done.stderr == (
        "byhand: `--dtype` of `warmup` must be one of float32, float64, bfloat16, float16, got int8.\n"
    )


def test_an_unknown_name_is_one_sentence():
    done = run("-m", "byhand", "warmup", "adagrad")
    assert done.returncode == 2
    names = "cross_entropy, kl_divergence, sgd, momentum, adam, adamw, roc_auc, evaluate"
    assert done.stderr == f"byhand: `NAME` of `warmup` must be one of {names}, got adagrad.\n"


def test_where_nothing_can_be_kept_the_kernels_run_all_the_same():
    """A read-only installation and no home: Numba finds no place for its cache."""
    code = """
import numba.core.caching
numba.core.caching.CacheImpl._locator_classes = []
import torch
from byhand import backend, losses
with backend("numba"):
    print(round(losses.cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3])).item(), 4))
"""
    done = run("-c", code, HOME="/nonexistent")
    assert done.stdout == "1.3863\n", done.stderr
