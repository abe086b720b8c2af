"""Machine code is kept, and thrown away when any file of the engine has changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import byhand

CODE = """
import sys
import torch
from byhand import backend, losses
from byhand.kernels.numba import _turned
with backend("numba"):
    loss = losses.cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3])).item()
stats = _turned.few_classes.stats
if len(sys.argv) > 1:  # loading left out what compiles: it must come when somebody else's function needs it
    import numba, numpy as np
    @numba.njit
    def dot(x):
        return sorted([np.dot(x, x), np.sqrt(x.sum())])[0]
    assert dot(np.full(4, 4.0)) == 4.0
print(round(loss, 4), sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
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

    assert run() == ["1.3863", "0", "1"]
    assert run("and compile") == ["1.3863", "1", "0"]
    with (tmp_path / "byhand/kernels/numba/_math.py").open("a") as file:  # another file than the kernel's own
        file.write("\n# changed\n")
    assert run() == ["1.3863", "0", "1"]
