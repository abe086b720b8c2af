"""The place in a formula's tokens that a parser has reached."""

from __future__ import annotations

from collections.abc import Sequence

from byhand.judge.prose.tokens import Token
from byhand.judge.prose.tree import Unreadable

__all__ = ["Cursor"]


class Cursor:
    """Tokens, and the one to be read next. Its methods raise Unreadable where the tokens end too early."""

    def __init__(self, side: Sequence[Token]) -> None:
        self.side = side
        self.at = 0
        self.inside = ""
        """The bars, "|" or "||", whose closing one is awaited."""

    def peek(self, ahead: int = 0) -> str:
        """The text of the next sign or command, "" at the end or before a name."""
        if self.at + ahead >= len(self.side):
            return ""
        token = self.side[self.at + ahead]
        return token.text if token.kind in ("sign", "command") else ""

    def next(self) -> Token:
        """The next token, taken."""
        if self.at >= len(self.side):
            raise Unreadable("it ends too early")
        self.at += 1
        return self.side[self.at - 1]

    def take(self, text: str) -> bool:
        """Whether the next token is this sign; then it is taken."""
        if self.peek() != text:
            return False
        self.at += 1
        return True

    def goes_on(self) -> bool:
        """Whether a factor follows without a sign."""
        if self.at >= len(self.side):
            return False
        token = self.side[self.at]
        if token.kind == "sign":
            return token.text in ("(", "[", "{") or (token.text in ("|", "||") and self._opens())
        return token.kind in ("name", "number", "text", "command")

    def _opens(self) -> bool:
        """Whether the bar here begins a size |x|: bars come in pairs, and this one is not inside of one."""
        text = self.side[self.at].text
        return self.inside != text and any(token.text == text for token in self.side[self.at + 1 :])

    def start(self) -> int:
        """Where the next token begins."""
        return self.side[self.at].start if self.at < len(self.side) else self.side[-1].end

    def end(self) -> int:
        """Where the last taken token ends."""
        return self.side[self.at - 1].end

    def label(self) -> str:
        """The text of a script, without blanks."""
        if self.take("{"):
            start, depth = self.at, 1
            while depth:
                text = self.next().text
                depth += (text == "{") - (text == "}")
            inner = self.side[start : self.at - 1]
        elif self.peek() == "(":
            start = self.at
            self.skip()
            inner = self.side[start : self.at]
        else:
            inner = [self.next()]
            if inner[0].kind == "command" and inner[0].text in ("hat", "bar", "tilde"):
                inner.append(self.next())
        return "".join(token.text for token in inner if token.text not in ("{", "}"))

    def label_ahead(self) -> str:
        """What stands in the brackets that open here."""
        start = self.at
        self.skip()
        inner = "".join(token.text for token in self.side[start + 1 : self.at - 1] if token.text not in ("{", "}"))
        self.at = start
        return inner

    def skip(self) -> None:
        """Take everything up to the bracket that closes the one that opens here."""
        depth = 0
        while True:
            text = self.next().text
            depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
            if depth == 0:
                return
