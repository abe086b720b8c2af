"""The judge's end of the pipes: sends a frame, waits for the answer, and counts what is printed meanwhile."""

from __future__ import annotations

import os
import select
from collections.abc import Sequence
from time import monotonic

from byhand.sandbox.outcome import Reason, Stopped
from byhand.sandbox.wire import HEAD, REPLY_HEADER, REPLY_PAYLOAD, BadFrame, lengths

CHUNK = 1 << 16


class Ended(Exception):
    """The other side closed the channel: its process has ended or is about to."""


class Channel:
    """Three pipes to one process. ``close`` closes all of them.

    Args:
        requests: descriptor to write requests to.
        replies: descriptor to read answers from.
        printed: descriptor to read what the program prints from.
        allowance: number of bytes that one request may print.

    Attributes:
        output: the first ``allowance`` bytes that were printed during the last request.
    """

    def __init__(self, requests: int, replies: int, printed: int, allowance: int) -> None:
        self._requests, self._replies, self._printed = requests, replies, printed
        self._allowance, self._amount, self._deaf = allowance, 0, False
        self._buffer = bytearray()
        self.output = bytearray()
        self._poll, self._sending = select.poll(), False
        self._poll.register(replies, select.POLLIN)
        self._poll.register(printed, select.POLLIN)
        for descriptor in (requests, replies, printed):
            os.set_blocking(descriptor, False)

    def close(self) -> None:
        """Close the pipes. May be called again."""
        for descriptor in {self._requests, self._replies, self._printed} - {-1}:
            os.close(descriptor)
        self._requests = self._replies = self._printed = -1

    def exchange(self, frames: bytes, nonces: Sequence[bytes], seconds: float) -> list[tuple[bytes, bytes]]:
        """Send frames with these nonces; return header and payload of each answer. An empty frame only waits.

        Raises:
            Stopped: too slow, or too much output.
            Ended: the other side is gone.
            BadFrame: an answer is malformed.
        """
        deadline = monotonic() + seconds
        self._amount = 0
        self.output.clear()
        rest = self._send(memoryview(frames))
        answers: list[tuple[bytes, bytes]] = []
        while True:
            answer = self._answer(nonces[len(answers)])
            if answer is not None:
                answers.append(answer)
                if len(answers) < len(nonces):
                    continue
                if rest:
                    raise BadFrame("an answer before the question")
                self._drain()
                return answers
            wait = deadline - monotonic()
            if wait <= 0:
                raise Stopped("too slow", Reason("request time", {"seconds": f"{seconds:g}"}))
            rest = self._turn(rest, wait)

    def _turn(self, rest: memoryview, wait: float) -> memoryview:
        """Wait until a pipe is ready and use it. Returns what is still to be sent."""
        poll = self._poll
        if rest:
            poll.register(self._requests, select.POLLOUT)
        elif self._sending:
            poll.unregister(self._requests)
        self._sending = bool(rest)
        for descriptor, _ in poll.poll(wait * 1000 + 1):
            if descriptor == self._printed:
                self._drain()
            elif descriptor == self._requests:
                rest = self._send(rest)
            elif not self._read():
                self._drain()
                raise Ended
        return rest

    def _send(self, rest: memoryview) -> memoryview:
        """Send as much as the pipe takes. Returns what is still to be sent."""
        try:
            return rest[os.write(self._requests, rest) :] if rest else rest
        except BlockingIOError:
            return rest
        except BrokenPipeError:
            self._drain()
            raise Ended from None

    def _read(self) -> bool:
        """Read what has arrived of the answer; False at the end of the pipe."""
        try:
            data = os.read(self._replies, CHUNK if len(self._buffer) < CHUNK else CHUNK * 16)
        except BlockingIOError:
            return True
        self._buffer += data
        return bool(data)

    def _answer(self, nonce: bytes) -> tuple[bytes, bytes] | None:
        """The answer once it is complete, else None."""
        buffer = self._buffer
        if len(buffer) < HEAD.size:
            return None
        header, payload, found = lengths(bytes(buffer[: HEAD.size]), REPLY_HEADER, REPLY_PAYLOAD)
        if found != nonce:
            raise BadFrame("a frame that answers no request")
        middle, end = HEAD.size + header, HEAD.size + header + payload
        if len(buffer) < end:
            return None
        answer = bytes(buffer[HEAD.size : middle]), bytes(buffer[middle:end])
        del buffer[:end]
        return answer

    def _drain(self) -> None:
        """Read what was printed, and count it."""
        while not self._deaf:
            try:
                data = os.read(self._printed, CHUNK)
            except BlockingIOError:
                return
            if not data:  # every writer has closed the pipe: nothing more can arrive
                self._deaf = True
                self._poll.unregister(self._printed)
            self._amount += len(data)
            self.output += data[: max(0, self._allowance - len(self.output))]
            if self._amount > self._allowance:
                raise Stopped("too much output", Reason("printed", {"kib": str(self._allowance >> 10)}))
