"""Where `byhand check --html` writes: files atomically, devices and pipes directly, the judged file never."""

import os
import socket
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byhand.cli import app

NOTHING = "x = 1\n"


@pytest.fixture
def check(tmp_path, monkeypatch):
    """`byhand check x.py` in a folder of its own: exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.py").write_text(NOTHING)

    def run(*arguments, stdin=None):
        environment = {"COLUMNS": "200", "LANG": "C", "LC_ALL": None}
        result = CliRunner(env=environment).invoke(app, ("check", "x.py", *arguments), stdin, prog_name="byhand")
        return result.exit_code, result.stdout, result.stderr

    return run


def written(check, path):
    code, out, errors = check("--html", str(path))
    assert (code, errors) == (2, "")
    assert "No definition looks like" in out


@pytest.mark.parametrize("name", ["x.py", "./x.py", "symbolic", "hard", "through/x.py", "through/symbolic"])
def test_the_file_that_is_checked_is_not_written_over(tmp_path, check, name):
    (tmp_path / "symbolic").symlink_to("x.py")
    os.link("x.py", tmp_path / "hard")
    (tmp_path / "through").symlink_to(".")
    code, out, errors = check("--html", name)
    assert (code, out) == (2, "")
    assert errors == f"byhand: `--html` of `check` must not be a file that it reads, got {Path(name)}.\n"
    assert (tmp_path / "x.py").read_text() == NOTHING


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (".", "Is a directory"),
        ("folder", "Is a directory"),
        ("link", "Is a directory"),
        ("missing/a.html", "No such file or directory"),
        ("nowhere", "No such file or directory"),
        ("x.py/a.html", "Not a directory"),
        ("loop", "Too many levels of symbolic links"),
        ("a" * 256, "File name too long"),
        ("socket", "No such device or address"),
        ("/proc/version", None),
    ],
)
def test_a_path_that_can_not_be_written_is_told_before_anything_is_judged(tmp_path, check, monkeypatch, path, why):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "nowhere").symlink_to("missing/a.html")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
    code, out, errors = check("--html", path)
    assert code == 2
    assert errors.startswith(f"byhand: `--html` of `check` must be a path to write to, got {path}: {why or ''}")
    assert errors.count("\n") == 1
    assert why is None or out == ""
    assert not [name for name in os.listdir() if name.startswith(".")]


@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_a_file_that_may_not_be_written_stays(tmp_path, check, monkeypatch, mode):
    page = tmp_path / "page.html"
    page.write_text("old")
    page.chmod(mode)
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, how: str(path) != str(page) and real(path, how))  # also for root
    code, out, errors = check("--html", str(page))
    assert (code, out) == (2, "")
    assert errors.endswith("page.html: Permission denied.\n")
    page.chmod(0o600)
    assert page.read_text() == "old"


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_leads_to_the_page(tmp_path, check, there):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target.html", tmp_path / "link.html"
    if there:
        target.write_text("old")
    link.symlink_to("folder/target.html")
    written(check, link)
    assert link.is_symlink()
    assert "<html" in target.read_text()
    assert len(os.listdir("folder")) == 1


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_a_file_keeps_its_mode(tmp_path, check, mode):
    page = tmp_path / "page.html"
    page.write_text("old")
    page.chmod(mode)
    written(check, page)
    assert stat.S_IMODE(page.stat().st_mode) == mode
    assert "<html" in page.read_text()


def test_a_new_file_has_the_mode_of_new_files(tmp_path, check):
    (tmp_path / "new").write_text("")
    written(check, "page.html")
    assert (tmp_path / "page.html").stat().st_mode == (tmp_path / "new").stat().st_mode


def test_a_device_and_a_pipe_are_written_through(tmp_path, check):
    written(check, "/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    written(check, "pipe")
    assert b"<html" in os.read(reader, 100_000)
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)
    os.close(reader)


def test_a_name_as_long_as_a_name_may_be(tmp_path, check):
    written(check, "a" * 250 + ".html")
