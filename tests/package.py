"""Builds the wheel and the sdist, installs each, and uses what is installed: ``make package``.

Both are left in ``dist/``.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from environment import ROOT, environment

HERE = Path(__file__).parent
DIST = ROOT / "dist"


def build() -> list[Path]:
    """The wheel and the sdist, whose metadata are checked."""
    with environment("build", "twine") as python, tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "build", "--outdir", folder, str(ROOT)], check=True, stdout=subprocess.DEVNULL)
        built = sorted(Path(folder).iterdir())
        subprocess.run([python, "-m", "twine", "check", "--strict", *built], check=True)
        DIST.mkdir(exist_ok=True)
        return [file.replace(DIST / file.name) for file in built]


def use(package: Path) -> None:
    """Install it, and run the commands and the functions outside of the source."""
    with environment(str(package)) as python, tempfile.TemporaryDirectory() as folder:
        command = python.with_name("byhand")
        calls = {
            "python everything.py": ([python, HERE / "everything.py"], 0),
            "byhand --help": ([command, "--help"], 0),
            "byhand explain adam/amsgrad": ([command, "explain", "adam/amsgrad"], 0),
            "byhand show roc_auc": ([command, "show", "roc_auc"], 0),
            "byhand check first-try.ipynb": ([command, "check", ROOT / "examples" / "first-try.ipynb"], 1),
            "the same, as a page": (
                [command, "check", ROOT / "examples" / "first-try.ipynb", "--html", "page.html"],
                1,
            ),
        }
        for name, (arguments, code) in calls.items():
            done = subprocess.run(list(map(str, arguments)), cwd=folder, capture_output=True, text=True)
            if done.returncode != code or "Traceback" in done.stderr:
                sys.exit(f"{package.name}: {name}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
            print(f"{package.name}: {name}: right")


if __name__ == "__main__":
    for package in build():
        use(package)
