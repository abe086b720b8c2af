"""Machine code is kept, and thrown away when any file of the engine has changed."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

import byhand
from byhand.kernels.numba.runtime import math as _math

CODE = """
import sys
import numpy as np
from byhand.kernels.numba.ranking.sort import table_size
y = table_size(1)
stats = table_size.stats
if len(sys.argv) > 1:  # loading left out what compiles: it must come when somebody else's function needs it
    import numba
    @numba.njit
    def dot(x):
        return sorted([np.dot(x, x), np.sqrt(x.sum())])[0]
    assert dot(np.full(4, 4.0)) == 4.0
print(y, sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""


def test_code_is_kept_until_a_file_changes(tmp_path):
    shutil.copytree(Path(byhand.__file__).parent, tmp_path / "byhand", ignore=shutil.ignore_patterns("__pycache__"))
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-c", CODE, *arguments], env=environment, capture_output=True, text=True, timeout=100
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    assert run() == ["4096", "0", "1"]
    assert run("and compile") == ["4096", "1", "0"]
    with (tmp_path / "byhand/kernels/numba/runtime/memory.py").open("a") as file:  # another file than the kernel's own
        file.write("\n# changed\n")
    assert run() == ["4096", "0", "1"]


DAMAGES = """
import errno, os, pathlib, sys
import numpy as np
from byhand.kernels.numba.runtime.jit import Files, kernel

folder = pathlib.Path(os.environ["NUMBA_CACHE_DIR"])

def double(x):
    return x + x

def call(x=2):
    compiled = kernel()(double)
    assert compiled(x) == x + x
    return "hit" if compiled.stats.cache_hits else "miss"

def files():
    return {x.suffix: x for x in folder.rglob("*.double-*")}

def zeros_within(data):  # a page that never reached the disk
    return data[: len(data) // 2] + bytes(64) + data[len(data) // 2 + 64 :]

def another(path, value):  # processes that compile at once, or one that ends after it wrote the index
    call(value)
    os.replace(path.with_name(path.name.replace(".1.", ".2.")), path)

assert [call(), call()] == ["miss", "hit"]
for suffix in (".nbi", ".nbc"):
    good = files()[suffix].read_bytes()
    for n in (*range(0, len(good), max(len(good) // 9, 1)), len(good) - 1, len(good) - 4):
        files()[suffix].write_bytes(good[:n])
        assert [call(), call()] == ["miss", "hit"], (suffix, n)
    for bad in (b"?" * len(good), bytes(len(good)), zeros_within(good)):
        files()[suffix].write_bytes(bad)
        assert [call(), call()] == ["miss", "hit"], (suffix, bad[:9])
another(files()[".nbc"], 2.5)
assert [call(), call()] == ["miss", "hit"]

def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")

for path in files().values():
    path.unlink()
Files._open_for_write = full
assert [call(), call()] == ["miss", "miss"]
assert not files()
"""


def test_damaged_files_are_compiled_again_and_replaced(tmp_path):
    """As a process leaves them that was killed, or a full disk; also a file with the code of another signature."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    (tmp_path / "program.py").write_text(DAMAGES)
    ran = subprocess.run(
        [sys.executable, tmp_path / "program.py"], env=environment, capture_output=True, text=True, timeout=200
    )
    assert ran.returncode == 0, ran.stderr
    assert not ran.stderr


def test_python_can_not_call_a_part_of_kernels():
    """It has no code for that, and would crash; not even once a kernel has compiled it."""
    x = np.float32(1)
    for _ in range(2):
        with pytest.raises(TypeError, match="exp32 can only be called from compiled code"):
            _math.exp32(x)
        numba.njit(lambda x: _math.exp32(x))(x)


@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="others have float16")
def test_a_processor_without_float16_leaves_it_to_torch():
    """The machine code for it would end the process."""
    code = """
import torch
from byhand import backend, losses
x, y = torch.zeros(2, 4).half(), torch.tensor([0, 3])
print(losses.cross_entropy(x, y).item())
try:
    with backend("numba"):
        losses.cross_entropy(x, y)
except RuntimeError as error:
    print(error)
"""
    environment = os.environ | {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    loss, error = done.stdout.splitlines()
    assert abs(float(loss) - 1.3863) < 1e-3
    assert error.endswith("this processor has no instructions for float16.")
