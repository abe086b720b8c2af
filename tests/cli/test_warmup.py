"""``byhand warmup`` compiles, caches and reports errors; the kernels also run without a cache."""

import os
import re
import subprocess
import sys
from pathlib import Path

import torch
from typer.testing import CliRunner

import byhand
from byhand.cli import app
from byhand.cli.warmup import KERNELS, _calls

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


def test_it_compiles_all_kernels():
    done = CliRunner().invoke(app, ["warmup"], prog_name="byhand")
    assert done.exit_code == 0, done.output
    assert "All kernels compiled" in done.stdout
    losses = ("cross-entropy of few classes", "KL divergence of logits")
    for what in (*losses, "SGD", "momentum", "Adam", "AdamW", "ROC AUC of many rows"):
        assert f"{what} of float32: " in done.stdout
    formulas = {formula for formula, *_ in _calls(torch.float32)}
    assert formulas == set(KERNELS) == {file.stem for file in ENGINE.glob("[a-z]*.py")}


def test_an_unknown_dtype_is_one_sentence():
    done = run("-m", "byhand", "warmup", "--dtype", "int8")
    assert done.returncode == 2
    assert done.stderr == (
        "byhand: `--dtype` of `warmup` must be one of float32, float64, bfloat16, float16, got int8.\n"
    )


def test_an_unknown_name_is_one_sentence():
    done = run("-m", "byhand", "warmup", "adagrad")
    assert done.returncode == 2
    names = "cross_entropy, kl_divergence, sgd, momentum, adam, adamw, roc_auc"
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
