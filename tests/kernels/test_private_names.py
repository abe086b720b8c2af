"""A version of torch that lacks a private name: the result is the same, from a kernel or from torch's operations."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("private_names.py")
NAMES = runpy.run_path(str(SCRIPT))["NAMES"]


@pytest.fixture(scope="module")
def output():
    return subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, timeout=100).stdout


@pytest.mark.draw(6)
@pytest.mark.parametrize(("name", "computes"), NAMES.items())
def test_without_a_private_name(name, computes, output):
    assert f"{name}: {computes}\n" in output
