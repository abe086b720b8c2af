"""``byhand practice --web``: the exercises on a local page."""

from __future__ import annotations

from importlib.util import find_spec

from byhand.cli._terminal import console, failure, reason
from byhand.cli._texts import say, spoken

NEEDED = ("starlette", "uvicorn")
"""What the page's server is made of; ``byhand[web]`` has it."""


def can_open() -> bool:
    """Whether the page can be served here, and a browser with a window can show it."""
    from byhand.practice.web.serve import has_browser

    return all(map(find_spec, NEEDED)) and has_browser()


def serve_page(port: int) -> None:
    """Serve the page until Ctrl-C; if it is served already, only open it there."""
    from byhand.practice.web.serve import open_browser, running, serve

    if lacking := [name for name in NEEDED if find_spec(name) is None]:
        raise failure("no page server", names=say("comma").join(lacking))
    if not port and (url := running()):
        _tell(url)
        open_browser(url)
        return
    try:
        serve(spoken(), _tell, port=port)
    except OSError as error:
        raise failure("port must be", got=port, why=reason(error)) from None


def _tell(url: str) -> None:
    out = console()
    out.print(say("page at", url=url), markup=False, soft_wrap=True)
    out.print(say("page until"), style="dim", markup=False, soft_wrap=True)
    out.file.flush()
