"""``byhand practice --web``, up to the server, and when a bare ``byhand practice`` opens the page."""

import json
import os
import subprocess
import sys

import pytest

from byhand.cli._practice import serving
from byhand.practice.web import serve


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BYHAND_HOME", str(tmp_path))
    return tmp_path


def test_without_a_display_no_browser_is_opened(monkeypatch):
    monkeypatch.setattr(serve.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert not serve.has_browser()
    assert not serving.can_open()


def test_without_the_server_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(serving, "NEEDED", ("no_such_package",))
    assert not serving.can_open()
    with pytest.raises(BaseException, match="2"):
        serving.serve_page(0)
    assert "byhand[web]" in capsys.readouterr().err


def test_the_page_that_is_served_already_is_opened(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(serve, "running", lambda: "http://127.0.0.1:1/token/")
    monkeypatch.setattr(serve, "open_browser", opened.append)
    serving.serve_page(0)
    assert opened == ["http://127.0.0.1:1/token/"]
    assert "http://127.0.0.1:1/token/" in capsys.readouterr().out


def test_a_port_that_is_taken_is_refused(capsys):
    held = serve._listening(0)
    with held, pytest.raises(BaseException, match="2"):
        serving.serve_page(held.getsockname()[1])
    assert "--port" in capsys.readouterr().err


def test_the_token_is_kept_for_a_port_alone_and_for_its_owner(home):
    token = serve._token(8427)
    assert serve._token(8427) == token
    assert serve._token(8428) != token
    assert (home / "page.json").stat().st_mode & 0o77 == 0
    assert len(token) >= 32
    (home / "page.json").write_text("{broken")
    assert serve.running() == ""
    assert serve._token(8427) != token


def test_the_token_is_not_on_the_browsers_command_line(home, monkeypatch):
    opened, url = [], serve.address(8427, "secret")
    monkeypatch.setattr(serve, "has_browser", lambda: True)
    monkeypatch.setattr(serve.webbrowser, "open", lambda address: opened.append(address) or True)
    assert serve.open_browser(url)
    assert opened == [(home / "open.html").as_uri()]
    assert url in (home / "open.html").read_text()
    assert (home / "open.html").stat().st_mode & 0o77 == 0
    monkeypatch.setenv("BYHAND_HOME", str(home / "open.html" / "no folder"))
    assert not serve.open_browser(url)
    assert len(opened) == 1


def test_the_token_is_told_to_no_stranger_at_the_port_of_a_server_that_has_ended(home, monkeypatch):
    monkeypatch.setattr(serve, "ANSWER", 0.05)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with serve._listening(0) as stranger:
        stranger.settimeout(0.05)
        token = serve._token(stranger.getsockname()[1])
        kept = json.loads((home / "page.json").read_text())
        assert kept["pid"] == os.getpid()
        for pid in (ended.pid, 0, -1):
            (home / "page.json").write_text(json.dumps({**kept, "pid": pid}))
            assert serve.running() == ""
            with pytest.raises(TimeoutError):
                stranger.accept()
        assert serve._token(kept["port"]) == token  # the open page goes on
        assert serve.running() == ""  # since nobody answers
        asked, _ = stranger.accept()
        with asked:
            assert token in asked.recv(1000).decode()
    serve._ended()
    assert json.loads((home / "page.json").read_text()) == {**kept, "pid": 0}
