"""A tour that can't start, can't write or is interrupted: one error message, and no file changed."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from byhand.cli import _output, tour

# Run as `python -m byhand`, even if the tests' own Python ignores Ctrl-C.
MODULE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from byhand.cli import main; main()"


@pytest.fixture
def no_training(monkeypatch):
    """Fail if training starts before the checks."""
    monkeypatch.setattr(tour, "_tour", lambda *_: pytest.fail("the training started"))


def test_out_is_a_file(small, tmp_path, no_training):
    (tmp_path / "taken").write_text("mine")
    for out in (tmp_path / "taken", tmp_path / "taken" / "below"):
        result = small(out=out)
        assert result.exit_code == 2
        assert re.fullmatch(r"byhand: `--out` of `tour` must be a folder .*, got .*taken.*: .*\.\n", result.stderr)
    assert (tmp_path / "taken").read_text() == "mine"


def test_out_has_a_folder_where_the_report_goes(small, tmp_path, no_training):
    (tmp_path / "report.html").mkdir()
    result = small()
    assert result.exit_code == 2
    assert "report.html in it is a folder" in result.stderr


def test_out_is_not_writable(small, tmp_path, monkeypatch, no_training):
    def refuse(**_):  # tests often run as root, who may write anywhere
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(_output, "TemporaryFile", refuse)
    result = small(out=tmp_path / "new" / "out")
    assert result.exit_code == 2
    assert result.stderr.endswith("out: Permission denied.\n")
    assert list(tmp_path.iterdir()) == []


def test_disk_full_keeps_the_old_report(small, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    (tmp_path / "report.html").write_text("old")
    # not of all modules: kernels are put into their cache by it
    monkeypatch.setattr(_output, "os", SimpleNamespace(**{**vars(os), "replace": full}))
    result = small()
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert "All 10 runs agree" in result.stdout
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("report.html", "old")]


@pytest.mark.parametrize("module", ["sklearn", "matplotlib"])
def test_missing_extra_is_one_sentence(tmp_path, module):
    script = f"import sys; sys.modules[{module!r}] = None; " + MODULE
    out = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", script, "tour", "--out", out], capture_output=True, encoding="utf-8")
    assert done.returncode == 2
    assert done.stderr == "byhand: `tour` needs scikit-learn and matplotlib: pip install 'byhand[tour]'\n"
    assert not out.exists()


@pytest.mark.parametrize("old", [None, "old"])
def test_ctrl_c_leaves_everything_as_it_was(tmp_path, old):
    out = tmp_path / "new" / "out"
    if old:
        out.mkdir(parents=True)
        (out / "report.html").write_text(old)
    command = [sys.executable, "-c", MODULE, "tour", "--quick", "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        for line in process.stdout:
            if line.startswith("digits, SGD"):  # the first run is done, the second is in progress
                process.send_signal(signal.SIGINT)
                break
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "byhand: stopped; nothing written.\n")
    assert "Report" not in output
    if old:
        assert [(path.name, path.read_text()) for path in out.iterdir()] == [("report.html", old)]
    else:
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", ["write_text", "replace"])
def test_ctrl_c_while_writing(tmp_path, monkeypatch, moment):
    def stop(path, *_, **__):
        Path(path).write_bytes(b"half")
        raise KeyboardInterrupt

    (tmp_path / "report.html").write_text("old")
    monkeypatch.setattr(*((Path, "write_text") if moment == "write_text" else (_output.os, "replace")), stop)
    with pytest.raises(KeyboardInterrupt):
        _output.write_whole(tmp_path / "report.html", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("report.html", "old")]
