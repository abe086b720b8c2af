"""Names that would act on a terminal or reorder a line are escaped wherever they are shown."""

import json
import os
import subprocess
import sys
import unicodedata

import pytest

EVIL = "a\x1b]52;c;aGk=\x07\x1b[31m\n\u202e\u2066\u200f\u2028[red]<b>&\x9b\x00\x7f\ufeff\U000e0041"
EVIL = EVIL.replace("\x00", "")  # no command line argument can contain it
BYTES = os.fsencode(EVIL) + b"\xff"
SHOWN = r"a\x1b]52;c;aGk=\x07\x1b[31m\n\u202e\u2066\u200f\u2028[red]<b>&\x9b\x7f\ufeff\U000e0041"


def harmless(data):
    text = data.decode()
    assert [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c != "\n"] == []
    return text


@pytest.fixture
def byhand(tmp_path):
    def run(*arguments):
        environment = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "LC_ALL")}
        environment |= {"LANG": "C.UTF-8", "COLUMNS": "1000"}
        command = [sys.executable, "-m", "byhand", *arguments]
        done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, timeout=100)
        assert b"Traceback" not in done.stderr
        return done.returncode, harmless(done.stdout), harmless(done.stderr)

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", BYTES),
        ("check", "x.py", "--as", BYTES),
        ("check", "x.py", "--as", BYTES + b"=adam"),
        ("check", "x.py", "--html", b"missing/" + BYTES),
        ("check", "x.py", "--lang", BYTES),
        ("check", "x.py", "--hint", BYTES),
        ("check", "x.py", b"--" + BYTES),
        ("check", "x.py", BYTES),
        ("explain", BYTES),
        ("explain", BYTES, "--list"),
        ("show", BYTES),
        ("bench", BYTES),
        ("tour", "--out", b"/dev/null/" + BYTES),
        (BYTES,),
    ],
)
def test_what_was_typed_is_shown_in_an_error(tmp_path, byhand, arguments):
    (tmp_path / "x.py").write_text("x = 1\n")
    code, out, errors = byhand(*arguments)
    assert (code, out) == (2, "")
    assert r"\x1b]52;c;aGk" in errors or "--hint" in arguments  # --hint does not repeat its value
    assert errors.startswith("byhand: ")
    assert errors.count("\n") == 1
    option = arguments[-1] == b"--" + BYTES  # it ends at its =
    assert SHOWN in errors or option or "--hint" in arguments


@pytest.mark.parametrize("name", [":smile:.py", "[bold]x[/].py", "http://x.y"])
def test_a_name_is_no_markup(byhand, name):
    assert byhand("check", name)[2].endswith(f"got {name}: No such file or directory.\n")


def test_the_name_of_a_file_is_shown_everywhere(tmp_path, byhand):
    with open(os.fsencode(tmp_path) + b"/" + BYTES + b".py", "wb") as stream:
        stream.write(b"x = (\n")
    code, out, errors = byhand("check", BYTES + b".py", "--html", "page.html")
    assert (code, errors) == (2, "")
    page = harmless((tmp_path / "page.html").read_bytes())
    assert page.count(r"\x1b[31m\n\u202e\u2066\u200f\u2028[red]&lt;b&gt;&amp;") == 2
    code, out, _ = byhand("check", BYTES + b".py", "--json")
    assert json.loads(out)["file"] == SHOWN + r"\xff.py"


def test_what_a_file_says_is_shown(tmp_path, byhand):
    evil = EVIL.replace("\n", "").replace("\u2028", "\u2029")
    source = f"# {evil}\ndef sgd(w, g):\n    raise ValueError({evil!a})  # {evil}\n"
    notebook = [
        {"cell_type": "markdown", "source": f"# {evil}"},
        {"cell_type": "code", "source": source},
        {"cell_type": "code", "source": f"x = (  # {evil}\n'{evil}"},
        {"cell_type": "code", "source": "def ｆ\u0301ｏ\u200c(): pass"},
        {"cell_type": "code", "source": "def ﬁ(a): return a"},
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": notebook}))
    for options in ((), ("--json",), ("--hint", "3", "--lang", "zh")):
        code, out, errors = byhand("check", "a.ipynb", "--html", "page.html", *options)
        assert (code, errors) == (1, "")
        assert r"\u202e" in out or options == ("--json",)  # --json shows no lines
    page = harmless((tmp_path / "page.html").read_bytes())
    assert "[red]&lt;b&gt;" in page
    assert "<b>" not in page
    assert "以下定义未检查" in page
