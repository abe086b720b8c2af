"""The addresses of the page, without a server: what is served, and what a request is answered when something fails."""

import asyncio
import json

import pytest

from byhand.practice.web.app import page
from byhand.practice.web.workers import Workers

HOST = "127.0.0.1:8427"


def ask(path, body=None, workers=None):
    """The status and the body of the answer; a POST request if there is a body."""
    data, sent = json.dumps(body).encode() if body is not None else b"", []
    headers = [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode()), (b"content-length", b"%d" % len(data))]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
        "method": "GET" if body is None else "POST", "path": f"/secret{path}", "query_string": b"", "headers": headers,
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
