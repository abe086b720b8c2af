"""The addresses of the page."""

from __future__ import annotations

import asyncio
import base64
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import cache
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from json import JSONDecodeError
from pathlib import PurePosixPath
from secrets import token_urlsafe
from typing import Any

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from byhand.judge.reading.cells import CODE_BYTES
from byhand.judge.reporting import site
from byhand.judge.visible import visible
from byhand.practice.progress import Progress
from byhand.practice.web import exams, state, statements
from byhand.practice.web.security import Guard, policy
from byhand.practice.web.workers import Ended, Workers

RUN, FILE = 90.0, 240.0
"""Seconds until a process that does not answer is ended: what the judge allows, and time to start it and a sandbox."""
WARM = 1.5
"""Seconds after the start until the first process for programs starts: the page itself is there before it."""
TYPES = {
    ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml",
    ".txt": "text/plain", ".png": "image/png",
}  # fmt: skip

SITE_TYPES = {**TYPES, ".html": "text/html"}

Body = dict[str, Any]


def page(workers: Workers, token: str, hosts: Iterable[str], lang: str) -> ASGIApp:
    """The whole server, behind its guard."""
    app = Starlette(routes=_routes(workers, lang), lifespan=_lifespan(workers))
    return Guard(app, token, hosts)


def _lifespan(workers: Workers) -> Callable[[Starlette], Any]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        soon = asyncio.get_running_loop().call_later(WARM, workers.warm)
        yield
        soon.cancel()
        await workers.close()

    return lifespan


def _routes(workers: Workers, lang: str) -> list[Route]:
    async def index(request: Request) -> Response:
        nonce = token_urlsafe(16)
        text = _front()["index.html"].decode()
        html = text.replace("{nonce}", nonce).replace("{lang}", escape(lang)).replace("{modules}", _modules())
        return HTMLResponse(html, headers={"Content-Security-Policy": policy(nonce)})

    def asked(does: Callable[..., Body], *names: str) -> Callable[[Request], Awaitable[Response]]:
        """Answers a GET request from its parameters."""

        async def answer(request: Request) -> Response:
            given = [request.query_params.get(name, "") for name in names]
            return await _answered(does, *given)

        return answer

    return [
        Route("/", index),
        Route("/static/{name:path}", _file),
        Route("/site/{name:path}", _site),
        Route("/api/alive", asked(dict)),
        Route("/api/overview", asked(state.overview)),
        Route("/api/exercise", asked(state.one_exercise, "id", "library")),
        Route("/api/solution", asked(state.solution, "id", "library")),
        Route("/api/mistake", asked(_mistake, "id")),
        Route("/api/hunt", asked(state.one_hunt, "token")),
        Route("/api/exam", asked(exams.exam)),
        Route("/api/hunt/new", _posted(state.new_hunt, formula=str, library=str), methods=["POST"]),
        Route("/api/hunt/name", _posted(state.name_mistake, token=str, page=str), methods=["POST"]),
        Route("/api/exam/begin", _posted(exams.begin_exam, n=int, minutes=int, library=str), methods=["POST"]),
        Route("/api/exam/end", _posted(exams.end_exam), methods=["POST"]),
        Route("/api/draft", _posted(state.keep_draft, key=str, text=str, at=float), methods=["POST"]),
        Route("/api/run", _run(workers), methods=["POST"]),
        Route("/api/picture", _picture(workers), methods=["POST"]),
        Route("/api/stop", _stop(workers), methods=["POST"]),
        Route("/api/file", _judge_file(workers), methods=["POST"]),
    ]


async def _answered(does: Callable[..., Body], *given: object, **more: object) -> Response:
    """The result of a function that may wait for the disk; one sentence if the progress is damaged, locked or full."""
    try:
        return JSONResponse(await run_sync(lambda: does(*given, **more)))
    except state.Refused as refusal:
        return JSONResponse({"error": str(refusal)}, 400)
    except (OSError, sqlite3.Error) as error:
        path, why = visible(str(Progress().path)), getattr(error, "strerror", None) or str(error)
        said = f"The progress in {path} can't be read or written: {why}."
        return JSONResponse(
            {"error": said, "progress": {"path": path, "why": why}}, 503
        )  # the page says it in its language


@cache
def _front() -> dict[str, bytes]:
    """The files of the front end by their names, half a megabyte; no path of a request is ever opened."""
    found = dict(_inside(files("byhand.practice.web").joinpath("static")))
    found["css/report.css"] = files("byhand.judge.reporting").joinpath("page.css").read_bytes()  # the reports have it
    return found


def _inside(folder: Traversable, before: str = "") -> Iterator[tuple[str, bytes]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _inside(one, f"{before}{one.name}/")
        else:
            yield before + one.name, one.read_bytes()


def _modules() -> str:
    """Links that load all modules at once: a browser would find them one by one, each in the one that imports it."""
    names = sorted(name for name in _front() if name.endswith(".js"))
    return "\n  ".join(f'<link rel="modulepreload" href="static/{name}">' for name in names)


async def _file(request: Request) -> Response:
    """A file of the front end."""
    name = request.path_params["name"]
    kind, content = TYPES.get(PurePosixPath(name).suffix), _front().get(name)
    if kind is None or content is None:
        return Response("Not found.\n", 404)
    return Response(content, media_type=kind)


async def _site(request: Request) -> Response:
    """A file of the site, if it is built here: the pages that explain mistakes."""

    def read() -> tuple[str, bytes] | None:
        folder = site.folder()
        file = (folder / request.path_params["name"]).resolve() if folder else None
        kind = SITE_TYPES.get(file.suffix) if file else None
        if folder is None or file is None or kind is None or not file.is_relative_to(folder.resolve()):
            return None
        return (kind, file.read_bytes()) if file.is_file() else None

    try:
        found = await run_sync(read)
    except (OSError, ValueError):
        found = None
    if found is None:
        return Response("Not found.\n", 404)
    return Response(found[1], media_type=found[0], headers={"Content-Security-Policy": policy(is_site=True)})


def _mistake(id: str) -> Body:
    try:
        found = statements.mistake(id)
    except KeyError:
        raise state.Refused("There is no such page.") from None
    is_here = site.folder() is not None
    return {lang: {**page, "link": f"site/{site.place(id, lang)}" if is_here else ""} for lang, page in found.items()}


async def _body(request: Request, **kinds: type) -> Body:
    """The JSON of a request, of which these keys are taken; Refused if one is missing or of another type."""
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        raise state.Refused("The request is not JSON.") from None
    found = {name: body.get(name) if isinstance(body, dict) else None for name in kinds}
    for name, kind in kinds.items():
        value = found[name]
        fits = isinstance(value, kind) or (kind is float and type(value) is int)
        if not fits or (kind is not bool and isinstance(value, bool)):
            raise state.Refused(f"`{name}` must be of type {kind.__name__}.")
    return found


def _posted(does: Callable[..., Body], **kinds: type) -> Callable[[Request], Awaitable[Response]]:
    """Answers a POST request from its JSON."""

    async def answer(request: Request) -> Response:
        try:
            body = await _body(request, **kinds)
        except state.Refused as refusal:
            return JSONResponse({"error": str(refusal)}, 400)
        return await _answered(does, **body)

    return answer


ASKED = {"tab": str, "kind": str, "id": str, "name": str, "library": str, "token": str, "text": str}


def _run(workers: Workers) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        try:
            body = await _body(request, **ASKED, run=str, hints=int, mend=bool)
        except state.Refused as refusal:
            return JSONResponse({"error": str(refusal)}, 400)
        if len(body["text"].encode("utf-8", "replace")) > CODE_BYTES:
            return JSONResponse({"ok": False, "ended": "long"})
        answer = await _asked(workers, body["tab"], {"op": "run", **body}, RUN, body["run"])
        if answer["ok"]:
            item = f"hunt:{body['token']}" if body["kind"] == "hunt" else body["id"]
            try:
                await run_sync(exams.mark_exam, item, answer["mark"])
            except (OSError, sqlite3.Error):  # a verdict is a verdict; the page says that it is not kept
                answer["kept"] = False
        return JSONResponse(answer)

    return run


def _picture(workers: Workers) -> Callable[[Request], Awaitable[Response]]:
    async def picture(request: Request) -> Response:
        try:
            body = await _body(request, **ASKED)
        except state.Refused as refusal:
            return JSONResponse({"error": str(refusal)}, 400)
        return JSONResponse(await _asked(workers, body["tab"], {"op": "picture", **body}, RUN))

    return picture


def _stop(workers: Workers) -> Callable[[Request], Awaitable[Response]]:
    async def stop(request: Request) -> Response:
        try:
            body = await _body(request, tab=str, run=str)
        except state.Refused as refusal:
            return JSONResponse({"error": str(refusal)}, 400)
        await workers.stop(body["tab"], body["run"])
        return JSONResponse({})

    return stop


def _judge_file(workers: Workers) -> Callable[[Request], Awaitable[Response]]:
    async def judge_file(request: Request) -> Response:
        tab, name, run = (request.query_params.get(key, "") for key in ("tab", "name", "run"))
        data = base64.b64encode(await request.body()).decode()
        message = {"op": "file", "name": visible(PurePosixPath(name).name) or "file.py", "data": data}
        return JSONResponse(await _asked(workers, tab, message, FILE, run))

    return judge_file


async def _asked(workers: Workers, tab: str, message: Body, seconds: float, run: str = "") -> Body:
    """The answer of a tab's process, or why there is none."""
    try:
        return await workers.of(tab).ask(message, seconds, run)
    except Ended as ended:
        return {"ok": False, "ended": ended.why}
