"""What every request passes first. The page runs programs, so nobody but its own tab may talk to it.

The server listens on the loopback device alone. Other users of the machine, and pages of other sites in the same
browser, can reach that too; they fail at the token, at the host (DNS rebinding) and at the origin (forged requests).

What stays open: once the server has ended, another user may listen at its port. A tab that was left open asks there
whether the server is back, and so tells the token. It is of use only while a later server has the same token and port.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from secrets import compare_digest

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 16 << 20
"""Bytes of a request's body."""
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'nonce-{nonce}'",  # CodeMirror makes a style element
    "style-src-attr": "'unsafe-inline'",  # and sets attributes; no address can stand in them
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""The Content-Security-Policy: nothing comes from elsewhere, and no script stands in the page itself."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the address has the token
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def policy(nonce: str = "", *, is_site: bool = False) -> str:
    """The value of the header Content-Security-Policy; without a nonce no style element is allowed.

    The pages of the site, which ``make docs`` writes, have scripts and styles in themselves.
    """
    rules = {name: value.format(nonce=nonce).replace(" 'nonce-'", "") for name, value in POLICY.items()}
    if is_site:
        rules |= {name: f"{rules[name]} 'unsafe-inline'" for name in ("script-src", "style-src")}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class Guard:
    """Lets through what has the token, and comes from the page itself.

    Every address of the page begins with the token: ``http://127.0.0.1:8427/TOKEN/``.

    Args:
        app: sees addresses without the token.
        token: the secret.
        hosts: values of the header Host that are allowed, such as "127.0.0.1:8427".
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Iterable[str]) -> None:
        self.app, self.token, self.hosts = app, token, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        if scope["type"] != "http":  # the page has no sockets; of the server's own life this is told
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        status, reason = self.refusal(scope["method"], scope["path"], Headers(scope=scope))

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**HEADERS, "Content-Security-Policy": policy()}.items():
                    headers.setdefault(name, value)
            await send(message)

        if status:
            await PlainTextResponse(f"{reason}\n", status)(scope, receive, answer)
            return
        inner = {**scope, "root_path": f"/{self.token}"}
        if scope["path"] == f"/{self.token}":
            inner |= {"path": f"/{self.token}/"}
        await self.app(inner, receive, answer)

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
        """The status and the reason why a request is refused; 0 and "" if it is not."""
        if headers.get("host", "") not in self.hosts:
            return 421, "This address belongs to another server. Open the one that byhand printed."
        first = path.lstrip("/").partition("/")[0]
        if not compare_digest(first.encode(), self.token.encode()):
            return 403, "The token is missing or wrong. Open the address that `byhand practice --web` printed."
        origin = headers.get("origin")
        own = {f"http://{host}" for host in self.hosts}
        if (origin is not None and origin not in own) or (origin is None and method not in ("GET", "HEAD")):
            return 403, "Requests from other pages are refused."
        navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not (navigates and method == "GET"):
            return 403, "Requests from other pages are refused."
        length = headers.get("content-length", "0" if method in ("GET", "HEAD") else "")
        if not (length.isascii() and length.isdecimal()):
            return 411, "The length of the request is missing."
        if int(length) > MOST_BYTES:
            return 413, f"More than {MOST_BYTES >> 20} MB."
        return 0, ""
