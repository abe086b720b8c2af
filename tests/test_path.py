"""What lies beside a file to be judged is never imported by the judge."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import byhand
from byhand import _path
from sandbox.holding import need_a_seal

SOURCE = str(Path(byhand.__file__).parents[1])
RIGHT = "import numpy as np\ndef sgd(theta, g, lr):\n    return theta - lr * g\n"
NAMES = (
    "numpy",
    "torch",
    "rich",
    "typer",
    "click",
    "json",
    "symtable",
    "typing",
    "dataclasses",
    "__future__",
    "pkgutil",
)
NAMES += (
    "ast",
    "secrets",
    "zlib",
    "ctypes",
    "sympy",
    "linecache",
    "html",
    "hashlib",
    "tempfile",
    "threading",
    "inspect",
)
SCRIPT = "import sys\nfrom byhand.cli import main\nsys.exit(main())\n"


@pytest.fixture
def folder(tmp_path):
    """One with a program, and beside it modules that leave a trace of themselves."""
    beside = tmp_path / "beside"
    beside.mkdir()
    for name in NAMES:
        (beside / f"{name}.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\nraise SystemExit(7)\n"
        )
    (beside / "hw.py").write_text(RIGHT)
    (tmp_path / "byhand").write_text(SCRIPT)
    (tmp_path / "link.py").symlink_to(beside / "hw.py")
    return beside


def run(cwd, *command, path=SOURCE):
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.mark.draw(4)
@pytest.mark.parametrize(
    ("command", "path", "where", "file"),
    [
        (("-m", "byhand"), "", "beside", "hw.py"),
        (("-Bmbyhand",), "", "beside", "hw.py"),
        (("-m", "byhand"), "{folder}", ".", "beside/hw.py"),
        (("-m", "byhand"), "{folder}", ".", "link.py"),
        (("byhand",), "beside", ".", "byhand"),
        (("../byhand",), "", "beside", "hw.py"),
        (("../byhand",), ".", "beside", "-"),
    ],
)
def test_nothing_beside_it_runs(folder, command, path, where, file):
    path = path.format(folder=folder)
    done = run(folder.parent / where, *command, "check", file, "--json", path=f"{SOURCE}{os.pathsep}{path}")
    assert not (folder.parent / "ran").exists()
    assert done.returncode == (0 if file not in ("byhand", "-") else 2), done.stderr
    if file not in ("byhand", "-"):
        assert json.loads(done.stdout)["definitions"][0]["verdict"] == "right"


def test_what_python_itself_has_taken_from_there_is_told(tmp_path):
    real = Path(__import__("contextlib").__file__)
    (tmp_path / "contextlib.py").write_text(real.read_text())
    done = run(tmp_path, "-m", "byhand", "show", "adam")
    assert done.returncode == 2
    assert "`contextlib` of `Python` must not come from the folder" in done.stderr
    assert run(tmp_path, "-P", "-m", "byhand", "show", "adam").returncode == 0


def test_python_code_keeps_its_own_folder(folder):
    """It is the user's, who imports from there; but what stands for a library there is no library."""
    need_a_seal()
    for name in NAMES:
        (folder / f"{name}.py").unlink()
    (folder / "helper.py").write_text("x = 1\n")
    (folder / "test.py").write_text("x = 1\n")
    told = "import helper\nfrom byhand import check\nfound = check('hw.py')\nprint(found.verdicts)\n"
    (folder / "mine.py").write_text(told)
    done = run(folder, "mine.py")
    assert done.stdout == "{'sgd': 'right'}\n", done.stderr
    (folder / "sympy.py").write_text("")
    done = run(folder, "mine.py")
    sentence = "`what` of `check` must be a file whose folder has no module with the name of a library, got sympy"
    assert sentence in done.stderr
    (folder / "sympy.py").rename(folder / "rich.py")
    (folder / "mine.py").write_text(f"import rich\n{told}")
    assert "ModuleNotFoundError: No module named 'rich." in run(folder, "mine.py").stderr


def test_modules_of_the_folder_are_found_once_they_are_loaded(tmp_path, monkeypatch):
    (tmp_path / "pandas").mkdir()
    (tmp_path / "pandas" / "__init__.py").write_text("")
    assert _path.shadowed_library(str(tmp_path)) == ""  # not on the path, and not loaded
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    assert _path.shadowed_library(str(tmp_path)) == "pandas"
    __import__("pandas")
    monkeypatch.setattr(sys, "path", sys.path[1:])
    assert _path.shadowed_library(str(tmp_path)) == "pandas"
    assert _path.shadowed_library(str(tmp_path.parent)) == ""
    del sys.modules["pandas"]


def test_a_folder_of_python_stays(monkeypatch):
    monkeypatch.chdir(Path(os.__file__).parent)
    before = list(sys.path)
    monkeypatch.setattr(sys, "path", [*before])
    monkeypatch.setattr(sys, "argv", ["byhand", "check", __import__("numpy").__file__])
    _path.remove_judged_folders()
    assert [path for path in before if os.path.isabs(path) and "site-packages" in path] == [
        path for path in sys.path if "site-packages" in path
    ]
    assert str(Path(os.__file__).parent) in sys.path


@pytest.mark.parametrize(
    ("first", "original", "ours"),
    [
        ("-m", ["python", "-m", "byhand", "check"], True),
        ("-m", ["python", "-Bm", "byhand", "check"], True),
        ("-m", ["python", "-mbyhand", "check"], True),
        ("-m", ["python", "-m", "byhand.cli", "check"], True),
        ("-m", ["python", "-m", "pytest", "byhand"], False),
        ("/usr/bin/byhand", ["python", "/usr/bin/byhand", "check"], True),
        (r"byhand.exe", ["python", "byhand.exe", "check"], True),
        ("mine.py", ["python", "mine.py", "check"], False),
        ("", ["python"], False),
    ],
)
def test_a_process_of_its_own(first, original, ours, monkeypatch):
    monkeypatch.setattr(sys, "argv", [first, original[-1]])
    monkeypatch.setattr(sys, "orig_argv", original)
    assert _path.is_command() is ours
