"""Machine code is kept, and thrown away when any file of the engine has changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import byhand

CODE = """
import sys
import numpy as np
from byhand.kernels.numba import _math
y = _math.exp32(np.float32(1))
stats = _math.exp32.stats
if len(sys.argv) > 1:  # loading left out what compiles: it must come when somebody else's function needs it
    import numba
    @numba.njit
    def dot(x):
        return sorted([np.dot(x, x), np.sqrt(x.sum())])[0]
    assert dot(np.full(4, 4.0)) == 4.0
print(round(float(y), 4), sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
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

    assert run() == ["2.7183", "0", "1"]
    assert run("and compile") == ["2.7183", "1", "0"]
    with (tmp_path / "byhand/kernels/numba/_memory.py").open("a") as file:  # another file than the kernel's own
        file.write("\n# changed\n")
    assert run() == ["2.7183", "0", "1"]
