"""The sandbox: a process that runs an untrusted program and can return nothing but numbers."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import reduce
from typing import Any, NoReturn

from byhand.sandbox import answers, launch
from byhand.sandbox.channel import Channel, Ended
from byhand.sandbox.outcome import MANY_THREADS, Limits, Reason, Stopped
from byhand.sandbox.wire import REPLY_KEYS, REQUEST_HEADER, REQUEST_KEYS, BadFrame, clean, pack, parse

READY = bytes(16)
"""The nonce of the first frame, which the worker sends unasked: it is ready, and it lists the layers that hold."""


class Sandbox:
    """A sealed process with a :class:`byhand.sandbox.machine.Machine` in it.

    It starts at once; the first request waits until it is ready. After :class:`Stopped` it is closed. Use it with
    ``with`` or close it, so that no process is left over.

    Args:
        limits: the resources that it may use.
        trust: run even if a layer that is needed is not available here.
        layers_off: layers to leave out: ``landlock``, ``seccomp``, ``namespaces``, ``limits``, ``sandbox-exec``. Only
            for tests, which show what a layer prevents.
        with_torch: whether the worker imports torch; without torch it starts faster and has only NumPy.
        forked: whether it is forked from a process that has imported torch already (on Linux), which this process
            starts once; it starts in milliseconds then. If not, it has an interpreter of its own.

    Attributes:
        layers: the layers that hold, in words; known once it is ready.
        missing: the layers that are needed and do not hold.
        versions: of Python, torch and the kernel, as the worker reports them.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        trust: bool = False,
        layers_off: Collection[str] = (),
        with_torch: bool = True,
        forked: bool = True,
    ) -> None:
        self.limits, self.trust = limits or Limits(), trust
        self.layers: tuple[str, ...] = ()
        self.missing: tuple[Reason, ...] = ()
        self.versions: dict[str, str] = {}
        self._ready = False
        self._ended: Stopped | None = None
        self._process: launch.Process | None = None
        self._channel: Channel | None = None
        if os.name != "posix":
            self._ended = _not_sealed((Reason("system", {"system": sys.platform}),))
            return
        try:
            self._process = launch.start(self.limits, layers_off, with_torch, forked)
        except OSError as error:
            self._ended = Stopped("ours", Reason("no process", {"error": str(error)}))
            return
        pipes = self._process
        self._channel = Channel(pipes.requests, pipes.replies, pipes.printed, self.limits.output)

    @property
    def output(self) -> str:
        """What was printed during the last request, without control characters."""
        return str(clean(self._channel.output.decode("utf-8", "replace"))) if self._channel else ""

    @property
    def pid(self) -> int | None:
        """The process id of the supervisor; None when it is closed."""
        return self._process.pid if self._process else None

    def ready(self) -> None:
        """Wait until the sandbox can be used.

        Raises:
            Stopped: it cannot be used: ``not sealed``, or ``ours``.
        """
        if self._ended is not None:
            # a new exception, without the first traceback
            raise Stopped(self._ended.kind, self._ended.reason, self._ended.missing)
        if self._ready:
            return
        try:
            ((header, _),) = self._exchange(b"", [(READY, answers.READY)], self.limits.start)
        except Stopped as stop:
            printed = self.output.strip().rpartition("\n")[2]
            key = "no start, printed" if printed else "no start"
            self._end(Stopped("ours", Reason(key, {"why": stop.reason, "printed": printed})))
        if not header["ok"]:
            self._end(Stopped("ours", Reason("no start", {"why": f"{header['error']}: {header['message']}"})))
        self.layers = tuple(header["layers"])
        self.missing = tuple(Reason(key, fill) for key, fill in header["missing"])
        self.versions = header["versions"]
        if self.missing and not self.trust:
            self._end(_not_sealed(self.missing))
        self._ready = True

    def request(
        self, header: dict[str, object], payload: bytes = b"", *, seconds: float | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """Send one request and return the machine's answer. ``seconds`` overrides the limit.

        Raises:
            Stopped: no answer came. The sandbox is closed.
            BadFrame: the request is malformed.
        """
        return self.requests([(header, payload)], seconds=seconds)[0]

    def requests(
        self, items: Sequence[tuple[dict[str, object], bytes]], *, seconds: float | None = None
    ) -> list[tuple[dict[str, Any], bytes]]:
        """Send several requests at once, each with its payload; the machine answers them one after the other.

        Raises:
            Stopped: an answer is missing. The sandbox is closed.
            BadFrame: a request is malformed.
        """
        self.ready()
        frames, asked = bytearray(), []
        for header, payload in items:
            nonce = secrets.token_bytes(16)
            frames += pack(header, payload, nonce, REQUEST_HEADER)
            if unknown := set(header) - set(REQUEST_KEYS):
                raise BadFrame(f"a header with the unknown key {min(unknown)!r}")
            asked.append((nonce, str(header["op"])))
        return self._exchange(bytes(frames), asked, self.limits.seconds if seconds is None else seconds)

    def _exchange(
        self, frames: bytes, asked: Sequence[tuple[bytes, str]], seconds: float
    ) -> list[tuple[dict[str, Any], bytes]]:
        assert self._channel is not None
        try:
            found = []
            came = self._channel.exchange(frames, [nonce for nonce, _ in asked], seconds)
            for (_, operation), (text, data) in zip(asked, came, strict=True):
                header = parse(text, REPLY_KEYS)
                answers.check(operation, header, data)
                found.append((clean(header), data))
            return found
        except Stopped as stop:
            self._end(stop)
        except BadFrame as error:
            self._end(Stopped("gone", Reason("not an answer", {"error": str(error)})))
        except Ended:
            self._end(self._why())
        except BaseException:  # Ctrl-C: an answer may be half read, so the channel is unusable
            self.close()
            raise

    def _end(self, stop: Stopped) -> NoReturn:
        """Close, keep the reason, and raise it."""
        self.close()
        self._ended = stop
        raise stop from None

    def _why(self) -> Stopped:
        """Why the other side closed the channel."""
        assert self._process is not None
        code = self._process.wait(2)
        if code is None:
            return Stopped("gone", Reason("channel closed"))
        if code == -signal.SIGXCPU:
            return Stopped("too slow", Reason("processor time", {"seconds": str(self.limits.cpu)}))
        if code == -signal.SIGKILL:
            return Stopped("gone", Reason("killed"))
        if code == -MANY_THREADS:
            return Stopped("gone", Reason("threads", {"count": str(self.limits.threads)}))
        if code < 0:
            words = signal.strsignal(-code) or f"signal {-code}"
            return Stopped("gone", Reason("crashed", {"words": words, "name": _name(-code)}))
        return Stopped("gone", Reason("exit code", {"code": str(code)}))

    def close(self) -> None:
        """End all of its processes and wait until they are gone. May be called again."""
        if self._ended is None:
            self._ended = Stopped("gone", Reason("closed"))
        if self._process is None:
            return
        process, self._process = self._process, None
        os.close(process.life)  # the supervisor sees this and kills all descendants
        code = process.wait(5) if process.pid is not None else 0  # one that has yet to start will end at once
        if code is None or code < 0 or not os.path.isdir("/proc/self"):  # it could not kill or list them
            process.kill()
        process.close()
        if self._channel is not None:
            self._channel.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(Exception):  # the interpreter may be shutting down
            self.close()


def _not_sealed(missing: tuple[Reason, ...]) -> Stopped:
    """The refusal if layers that are needed do not hold."""
    every = reduce(lambda first, second: Reason("both", {"first": first, "second": second}), missing)
    return Stopped("not sealed", Reason("not sealed", {"missing": every, "ways": Reason("ways")}), missing)


def _name(number: int) -> str:
    """The name of a signal, such as SIGSEGV; its number if it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
