"""Virtual environments for a single use."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def environment(*requirements: str) -> Iterator[Path]:
    """Python of a new environment with these arguments of ``pip install``, at the versions of constraints.txt."""
    with tempfile.TemporaryDirectory(prefix="byhand-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        constraints = ["--constraint", str(ROOT / "constraints.txt")]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *constraints, *requirements], check=True)
        yield python
