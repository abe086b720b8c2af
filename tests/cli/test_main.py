"""The command line itself: help, version, exit codes, plain text."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import byhand
from byhand.cli import app


def call(*arguments, **environment):
    """Run `byhand` in a pipe: exit code, output and errors."""
    environment = {"FORCE_COLOR": None, "GITHUB_ACTIONS": None, "NO_COLOR": None, "PY_COLORS": None, **environment}
    result = CliRunner(env=environment).invoke(app, arguments, prog_name="byhand")
    return result.exit_code, result.stdout, result.stderr


def python(*arguments):
    """The same with another Python."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


def test_version():
    assert call("--version") == (0, f"byhand {byhand.__version__}\n", "")


def test_as_a_module():
    assert python("-W", "error", "-m", "byhand", "--version") == (0, f"byhand {byhand.__version__}\n", "")
    code, out, err = python("-m", "byhand", "nonsense")
    assert (code, out) == (2, "")
    assert "must be one of check, practice, explain, show, doctor, tour, bench, warmup, got nonsense." in err


def test_help_shows_the_commands_and_an_example():
    code, out, err = call("--help")
    assert (code, err) == (0, "")
    assert "tour" in out
    assert "byhand tour --quick" in out


def test_no_command_shows_help_and_is_bad_usage():
    code, out, _ = call()
    assert code == 2
    assert "byhand tour --quick" in out


def test_help_of_the_tour_names_every_option():
    code, out, err = call("tour", "-h")
    assert (code, err) == (0, "")
    for option in ("--quick", "--out", "--seed", "byhand-tour"):
        assert option in out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nonsense"], "nonsense"),
        (["--nonsense"], "--nonsense"),
        (["tour", "--seed", "-1"], "--seed"),
        (["tour", "--seed", "one"], "--seed"),
        (["tour", "--seed", str(2**32)], "--seed"),
        (["tour", "more"], "more"),
    ],
)
def test_bad_usage(arguments, named):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert named in err
    assert "Traceback" not in err


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
@pytest.mark.parametrize("arguments", [["--help"], ["tour", "--help"], ["--version"], ["nonsense"]])
def test_no_control_codes_in_a_pipe(arguments, environment):
    _, out, err = call(*arguments, **environment)
    assert "\x1b" not in out + err


@pytest.mark.parametrize("arguments", [["--help"], ["tour", "--help"]])
def test_help_fits_a_narrow_terminal(arguments):
    _, out, _ = call(*arguments, COLUMNS="60")
    assert max(map(len, out.splitlines())) <= 60


def test_the_command_line_itself_loads_nothing_slow():
    # byhand is replaced by a stub here, because the imports of the package are not under test.
    script = """
import sys, types
package = types.ModuleType("byhand")
package.__path__ = [sys.argv.pop()]
package.__version__ = "0"
sys.modules["byhand"] = package
from byhand.cli import main
try:
    main()
finally:
    slow = {"torch", "numpy", "numba", "sklearn", "matplotlib"} & set(sys.modules)
    assert not slow, slow
"""
    folder = os.path.dirname(byhand.__file__)
    code, _, err = python("-c", script, "tour", "--help", folder)
    assert code == 0, err


def test_importing_byhand_does_not_import_the_command_line():
    script = "import sys, byhand; print(*sorted({'typer', 'rich', 'matplotlib', 'sklearn'} & set(sys.modules)))"
    assert python("-c", script) == (0, "\n", "")
