"""Starts the page's server on the loopback device, and opens the browser."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from html import escape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from secrets import token_urlsafe
from time import time
from types import FrameType

from byhand.practice.progress import home

HOST, PORT = "127.0.0.1", 8427
"""Where the page is, if the port is free; drafts in the browser belong to host and port."""
FILE = "page.json"
"""In the folder of the progress: port, token and process of the last server."""
TRIED = 20
"""How many ports are tried, before any free one is taken."""
RENEWED = 7 * 24 * 3600.0
"""Seconds for which a token is used again: a tab that was open when the server ended works with the next one."""
ANSWER = 1.0
"""Seconds that a running server may take to answer."""


def address(port: int, token: str) -> str:
    """The page's address."""
    return f"http://{HOST}:{port}/{token}/"


def running() -> str:
    """The address of a server that is running already; "" if there is none."""
    last = _last()
    if last is None or not _is_mine(last.pid):  # who listens there now may be somebody else, and would get the token
        return ""
    connection = HTTPConnection(HOST, last.port, timeout=ANSWER)
    try:
        connection.request("GET", f"/{last.token}/api/alive")
        return address(last.port, last.token) if connection.getresponse().read() == b"{}" else ""
    except (OSError, HTTPException):
        return ""
    finally:
        connection.close()


def serve(lang: str, told: Callable[[str], None], *, port: int = 0, opens: bool = True) -> None:
    """Serve the page until Ctrl-C.

    Args:
        lang: the language of the first visit.
        told: is given the address as soon as the server listens.
        port: listen here alone; 0 for the usual one, or another if it is taken.
        opens: whether to open the browser.

    Raises:
        OSError: the port is taken.
    """
    import uvicorn

    from byhand.practice.web.app import page
    from byhand.practice.web.workers import Workers

    workers = Workers()

    class Server(uvicorn.Server):
        """A server whose end does not wait for programs that are being judged."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            workers.kill()
            super().handle_exit(sig, frame)

    listening = _listening(port)
    port = listening.getsockname()[1]
    token = _token(port)
    hosts = [f"{name}:{port}" for name in (HOST, "localhost")]
    config = uvicorn.Config(
        page(workers, token, hosts, lang), log_level="error", access_log=False, server_header=False, ws="none",
        timeout_graceful_shutdown=1, lifespan="on",
    )  # fmt: skip
    told(address(port, token))
    if opens:
        threading.Timer(0.2, open_browser, (address(port, token),)).start()
    with suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listening])
    _ended()


def open_browser(url: str) -> bool:
    """Open a page, if there is a browser with a window to open it in.

    A browser's command line can be read by other users, and the address has the token. So the browser is given a file
    that leads there, and that only its owner may read.
    """
    if not has_browser():
        return False
    there = escape(url)
    text = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={there}">'
    try:
        file = _keep("open.html", f'{text}<title>byhand</title><a href="{there}">byhand</a>\n')
    except OSError:  # the address is printed too
        return False
    return webbrowser.open(file.absolute().as_uri())


def has_browser() -> bool:
    """Whether a browser with a window can be opened here. One in the terminal does not count."""
    if sys.platform.startswith("linux") and not ({"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"} & os.environ.keys()):
        return False
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return False
    return not re.search("w3m|lynx|links|www-browser", getattr(found, "name", ""))


def _listening(port: int) -> socket.socket:
    """A socket that listens on the loopback device."""
    wanted = [port] if port else [*range(PORT, PORT + TRIED), 0]
    for number in wanted:
        # Asyncio sends small answers at once only if the socket names its protocol; else each takes 40 ms (Nagle).
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform != "win32":  # there it would share the port with another server
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((HOST, number))
            made.listen(128)
            return made
        except OSError as error:
            made.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES) or number == wanted[-1]:
                raise
    raise AssertionError


@dataclass(frozen=True)
class _Last:
    """The last server."""

    port: int
    token: str
    at: float
    """When its token was drawn, in seconds since 1970."""
    pid: int
    """Its process; 0 once it has ended."""


def _last() -> _Last | None:
    """The last server, if its token is not too old."""
    try:
        kept = json.loads((home() / FILE).read_text("utf-8"))
        last = _Last(int(kept["port"]), str(kept["token"]), float(kept["at"]), int(kept.get("pid", 0)))
        return last if 0 <= time() - last.at < RENEWED else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_mine(pid: int) -> bool:
    """Whether a process is there, and of the same user."""
    if pid <= 0 or sys.platform == "win32":  # there it can't be asked without ending it
        return pid > 0
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        return False
    return True


def _token(port: int) -> str:
    """The token of a port: the last server's, or a new one. It is kept in a file."""
    last = _last()
    if last is None or last.port != port:
        last = _Last(port, token_urlsafe(24), time(), 0)
    with suppress(OSError):  # without the file, the next server has another token
        _keep(FILE, json.dumps(asdict(replace(last, pid=os.getpid()))))
    return last.token


def _ended() -> None:
    """Enter in the file that this server has ended, unless another one is there meanwhile."""
    last = _last()
    if last is not None and last.pid == os.getpid():
        with suppress(OSError):
            _keep(FILE, json.dumps(asdict(replace(last, pid=0))))


def _keep(name: str, text: str) -> Path:
    """Write a file that only its owner may read, whole or not at all. Raises OSError if it can't be written."""
    file = home() / name
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{name}.{os.getpid()}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    part.replace(file)
    return file
