"""The sandbox can read the interpreter and the libraries, and no other files beside them."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

import byhand
from byhand.sandbox import readable

TREES = [Path(os.path.realpath(path)) for path, kind in readable.readable() if kind == "tree"]


def covered(path):
    path = Path(path).resolve()
    return any(path == tree or tree in path.parents for tree in TREES)


@pytest.mark.parametrize("module", ["torch", "numpy", "scipy", "sklearn", "json", "ctypes", "typing_extensions"])
def test_what_programs_import_can_be_read(module):
    assert covered(importlib.util.find_spec(module).origin)


def test_what_is_private_can_not():
    private = [
        byhand.__file__,
        Path(byhand.__file__).parent / "formulas" / "adam.py",
        __file__,
        Path.home(),
        os.getcwd(),
    ]
    private += ["/etc/passwd", "/etc/shadow", "/proc/self/environ", "/dev/shm", "/dev/mem", "/tmp", "/", "/var", "/etc"]
    private += [importlib.util.find_spec("pytest").origin]
    assert not [str(path) for path in private if covered(path)]


def test_the_folder_of_packages_is_no_tree():
    for folder in readable.package_folders():
        assert not covered(folder)
        assert (folder, "list") in readable.readable()
    assert "pytest" in readable.hidden()
    assert not {"torch", "numpy", "typing_extensions"} & set(readable.hidden())


def test_the_interpreter_finds_its_library_and_torch():
    path = readable.search_path()
    assert os.path.realpath(os.path.dirname(os.__file__)) in path
    assert set(readable.package_folders()) <= set(path)
    assert "" not in path
    assert not any(part.startswith(os.path.dirname(os.path.dirname(byhand.__file__))) for part in path)


def test_the_profile_of_macos_names_the_same():
    profile = readable.profile()
    assert profile.startswith("(version 1)\n(deny default)")
    assert profile.count("(") == profile.count(")")
    assert "(deny network*)" in profile
    assert sys.executable in profile
    assert str(Path(byhand.__file__).parent) not in profile
