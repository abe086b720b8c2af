"""The public list: explicit, complete, documented, and cheap to import."""

import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import byhand

ROOMS = ["byhand", "byhand.formulas", "byhand.losses", "byhand.optim", "byhand.metrics", "byhand.evaluate"]


def run(code):
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("room", ROOMS)
def test_all_is_what_is_there(room):
    module = importlib.import_module(room)
    own = {name for name, value in vars(module).items() if not name.startswith("_") and not inspect.ismodule(value)}
    listed = {name for name in module.__all__ if not name.startswith("_")}
    if room == "byhand":
        assert dir(module) == sorted(module.__all__)
        assert all(getattr(module, name) is not None for name in listed)
    else:
        assert own - {"annotations"} == listed
    assert list(module.__all__) == sorted(module.__all__, key=lambda n: (not n.isupper(), not n[0].isupper(), n))


@pytest.mark.parametrize("room", ROOMS)
def test_everything_public_is_documented_with_an_example_or_a_story(room):
    module = importlib.import_module(room)
    for name in module.__all__:
        value = getattr(module, name)
        if callable(value):
            assert inspect.getdoc(value), f"{room}.{name} has no docstring"


HEAVY = {"torch._dynamo", "numba", "triton", "sklearn", "matplotlib", "typer", "rich", "pandas", "jaxtyping"}


def test_importing_all_rooms_imports_nothing_heavy():
    rooms = "import byhand, byhand.losses, byhand.optim, byhand.metrics, byhand.evaluate, byhand.formulas, sys"
    loaded = set(run(f"{rooms}; print(*sys.modules)").split())
    assert {"torch", "numpy", "byhand.optim.adamw"} <= loaded
    assert not HEAVY & loaded


def test_the_rooms_are_there_after_import_byhand_alone():
    code = "import byhand; print(byhand.losses.cross_entropy.__name__, byhand.backend.__name__, byhand.__version__)"
    assert run(code) == f"cross_entropy backend {byhand.__version__}"
    assert run("from byhand import optim, formulas; print(optim.Adam.__name__, formulas.adam_step.__name__)")
    with pytest.raises(AttributeError, match="has no attribute 'adam'"):
        byhand.adam  # noqa: B018


def test_help_does_not_wait_for_torch():
    assert run("import sys, byhand, byhand.cli; print('torch' in sys.modules)") == "False"


def test_everything_works_without_the_libraries_of_the_extras():
    script = Path(__file__).with_name("everything.py")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("names work\n")


def test_the_version_is_said_once():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert "version" in project["dynamic"]
    changelog = (Path(__file__).parents[1] / "CHANGELOG.md").read_text()
    assert f"## {byhand.__version__}" in changelog or "## Unreleased" in changelog


def test_constraints_pin_what_the_metadata_names():
    root = Path(__file__).parents[1]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [x for extra in project["optional-dependencies"].values() for x in extra]
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in (root / "constraints.txt").read_text().split()}
    names = {re.split("[>=[]", x)[0].lower() for x in wanted} - {"byhand"}
    assert names <= pinned
