"""The addresses of the page, without a server: what is served, and what a request is answered when something fails."""

import asyncio
import json
import re
import socket

import pytest

from byhand.practice.progress import FILE
from byhand.practice.web.app import page
from byhand.practice.web.serve import _listening
from byhand.practice.web.workers import Workers
from practice.web.programs import SGD

HOST = "127.0.0.1:8427"


def ask(path, body=None, workers=None):
    """The status and the body of the answer; a POST request if there is a body."""
    path, _, query = path.partition("?")
    data, sent = json.dumps(body).encode() if body is not None else b"", []
    headers = [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode()), (b"content-length", b"%d" % len(data))]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
        "method": "GET" if body is None else "POST", "path": f"/secret{path}", "query_string": query.encode(),
        "headers": headers,
        "server": ("127.0.0.1", 8427), "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive():
        return {"type": "http.request", "body": data, "more_body": False}

    async def send(message):
        sent.append(message)

    async def answered():
        await page(workers or Workers(), "secret", [HOST], "en")(scope, receive, send)

    asyncio.run(answered())
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("name", ["main.js", "css/report.css", "views/exam.js", "icon.svg"])
def test_the_front_end_is_served(name):
    code, data = ask(f"/static/{name}")
    assert code == 200
    assert data


def test_the_page_loads_all_its_modules_at_once():
    _, index = ask("/")
    modules = re.findall(r'rel="modulepreload" href="(.*?)"', index.decode())
    assert {"static/main.js", "static/codemirror.js", "static/views/exam.js"} <= set(modules)
    assert all(ask(f"/{module}")[0] == 200 for module in modules)


def test_small_answers_are_not_held_back():
    with _listening(0) as server, socket.create_connection(server.getsockname()):
        accepted, _ = server.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP  # else asyncio doesn't set TCP_NODELAY


@pytest.mark.parametrize(
    "name", ["\0.js", "..\\app.js", "css\\report.css", "C:/a.js", "/main.js", "css/../main.js", "css", "", "index.html"]
)
def test_nothing_else_is_served(name):
    assert ask(f"/static/{name}")[0] == 404


def test_no_file_of_the_machine_is_served(tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("mine")
    assert ask(f"/static/{other}")[0] == 404
    assert ask(f"/static//{other}")[0] == 404


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site that is built, with one page."""
    folder = tmp_path / "site"
    for name, text in (
        ("mistakes/index.html", "all"),
        ("mistakes/adam/no-eps.html", "<h1>No eps</h1>"),
        ("a.exe", "a"),
    ):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.setenv("BYHAND_SITE", str(folder))
    return folder


def test_the_page_of_a_mistake_is_linked_and_served_if_the_site_is_built(site):
    found = json.loads(ask("/api/mistake?id=adam/no-eps")[1])
    assert found["en"]["link"] == "site/mistakes/adam/no-eps.html"
    assert found["zh"]["link"] == "site/zh/mistakes/adam/no-eps.html"
    assert ask("/site/mistakes/adam/no-eps.html") == (200, b"<h1>No eps</h1>")


@pytest.mark.parametrize(
    "name", ["a.exe", "mistakes", "../mine.html", "no.html", "\0.html", "/mine.html", "mistakes/../../mine.html"]
)
def test_nothing_but_the_site_is_served_from_its_folder(site, name):
    (site.parent / "mine.html").write_text("mine")
    assert ask(f"/site/{name}")[0] == 404
    assert ask(f"/site/{site.parent}/mine.html")[0] == 404


def test_without_a_site_nothing_is_linked():
    assert json.loads(ask("/api/mistake?id=adam/no-eps")[1])["en"]["link"] == ""
    assert ask("/site/mistakes/index.html")[0] == 404


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("BYHAND_HOME", str(tmp_path))
    (tmp_path / FILE).write_bytes(b"no such file of a database. " * 100)


class Answering:
    """Workers which give one answer to everything."""

    def __init__(self, answer):
        self.answer = answer

    def of(self, tab):
        return self

    async def ask(self, message, seconds, run=""):
        return self.answer


def test_a_damaged_progress_is_one_sentence(damaged, tmp_path):
    for path, body in [
        ("/api/overview", None),
        ("/api/exam/end", {}),
        ("/api/hunt/new", {"formula": "", "library": "torch"}),
    ]:
        code, data = ask(path, body)
        answer = json.loads(data)
        assert code == 503
        assert str(tmp_path) in answer["progress"]["path"]
        assert "file is not a database" in answer["error"]


def test_a_verdict_is_a_verdict_although_the_exam_cannot_be_marked(damaged):
    message = dict.fromkeys(("tab", "name", "token", "run"), "")
    message |= {"kind": "practice", "id": "sgd", "library": "torch", "text": SGD, "hints": 0, "mend": False}
    code, data = ask("/api/run", message, Answering({"ok": True, "mark": {"done": True}, "kept": True}))
    assert (code, json.loads(data)) == (200, {"ok": True, "mark": {"done": True}, "kept": False})
