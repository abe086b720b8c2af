"""Reads tokens as a tree. A small grammar: what it does not know is unreadable, and nothing is guessed.

It is one class, since every rule of it may call every other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from byhand.judge.prose.cursor import Cursor
from byhand.judge.prose.tokens import LETTERS, Token
from byhand.judge.prose.tree import Node, Unreadable

__all__ = ["Parser"]

DEEPEST = 60
"""How deep a formula may be nested."""
FUNCTIONS = (
    "log",
    "log2",
    "log10",
    "exp",
    "sqrt",
    "max",
    "min",
    "abs",
    "softmax",
    "sigmoid",
    "sign",
    "E",
    "log_softmax",
)
NAMED = ("KL", "D_KL", "KL_div", "kl_div", "H", "CE", "cross_entropy", "JS", "AUC")
"""Functions of distributions, whose arguments matter."""
FACTORS = LETTERS - {"sigma", "phi", "psi", "Phi", "Psi", "ell", "pi"} | {
    "n",
    "N",
    "M",
    "m",
    "t",
    "lr",
    "learning_rate",
    "v",
    "s",
    "r",
}
"""Names before a parenthesis that are multiplied with it. Others are functions of it."""
POWERS = ("beta", "rho", "gamma", "mu", "b")
"""Names whose superscript t is a power."""
COUNTS = ("N", "n", "M", "m", "B", "K", "C")
_COMPUTED = re.compile(r"log|exp|frac|sqrt|sum|(?<=\w)[-+*/]")
"""What tells a factor in brackets from the argument of a function."""
_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "||": "||"}


class Parser(Cursor):
    """The grammar of one expression.

    ``wide``: whether a / reaches over all factors that are written next to each other.
    """

    def __init__(self, side: Sequence[Token], wide: bool) -> None:
        super().__init__(side)
        self.wide = wide
        self.depth = 0
        self.open = False
        """Whether a / was followed by such factors, so that it is open how far it reaches."""

    def whole(self) -> Node:
        """All tokens as one expression."""
        node = self.sum()
        if self.at < len(self.side):
            raise Unreadable(f"unexpected {self.side[self.at].text}")
        return node

    def sum(self) -> Node:
        """Terms with + and −."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("nested too deep")
        start = self.start()
        terms = []
        sign = self.next().text if self.peek() in ("+", "-") else "+"
        while True:
            term = self.product()
            terms.append(term if sign == "+" else Node("minus", parts=(term,), start=term.start, end=term.end))
            if self.peek() not in ("+", "-"):
                break
            sign = self.next().text
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Node("sum of", parts=tuple(terms), start=start, end=self.end())

    def product(self) -> Node:
        """Factors with ·, / or nothing between them."""
        start = self.start()
        node = self.signed()
        while True:
            if self.take("*"):
                node = self._product(node, self.signed())
            elif self.take("/"):
                below = self.factor()
                if self.goes_on():
                    self.open = True
                    while self.wide and self.goes_on():
                        below = self._product(below, self.factor())
                node = Node("quotient", parts=(node, below), start=start, end=self.end())
            elif self.goes_on():
                node = self._product(node, self.factor())
            else:
                return node

    def signed(self) -> Node:
        """A factor, which after · or / may have a sign."""
        if self.take("-"):
            part = self.factor()
            return Node("minus", parts=(part,), start=part.start, end=part.end)
        return self.factor()

    def factor(self) -> Node:
        """An atom with its scripts."""
        return self._scripts(self.atom())

    def _product(self, a: Node, b: Node) -> Node:
        parts = (*a.parts, b) if a.kind == "product" else (a, b)
        return Node("product", parts=parts, start=a.start, end=b.end)

    def group(self, opening: str) -> Node:
        """What stands between brackets; the opening one has been taken."""
        before, self.inside = self.inside, opening if opening in ("|", "||") else ""
        node = self.sum()
        if not self.take(_CLOSING[opening]):
            raise Unreadable("a bracket is not closed")
        self.inside = before
        return node

    def atom(self) -> Node:
        """A number, a symbol, a function with its argument, a fraction, a root, a sum, or something in brackets."""
        token = self.next()
        start = token.start
        if token.kind == "number":
            return Node("number", value=float(token.text), start=start, end=token.end)
        if token.kind in ("name", "text"):
            return self.named(token)
        if token.kind == "command":
            return self.command(token)
        if token.text in _CLOSING:
            node = self.group(token.text)
            kind = "size" if token.text in ("|", "||") else ""
            if kind:
                return Node(kind, parts=(node,), start=start, end=self.end())
            if token.text == "{":
                node = replace(node, end=self.end())
                return self.applied(self._scripts(node)) if node.kind == "symbol" else node
            return Node("group", parts=(node,), start=start, end=self.end())
        raise Unreadable(f"unexpected {token.text}")

    def command(self, token: Token) -> Node:
        """A LaTeX command, or the sign of the same meaning."""
        start = token.start
        match token.text:
            case "half":
                return Node("number", value=0.5, start=start, end=token.end)
            case "frac":
                above, below = self.argument(), self.argument()
                if self._differential(above) and self._differential(below):
                    if above.name == "d":  # ∂/∂w, and the function behind it
                        self._differentiated()
                    return Node("gradient", start=start, end=self.end())
                return Node("quotient", parts=(above, below), start=start, end=self.end())
            case "sqrt":
                if self.peek() == "[":
                    raise Unreadable("another root than the square root")
                return Node("root", parts=(self.argument(),), start=start, end=self.end())
            case "hat" | "tilde" | "bar" | "vec" | "dot":
                node = self.argument()
                node = node.parts[0] if node.kind == "group" else node
                if node.kind == "gradient":
                    return node
                if node.kind != "symbol":
                    raise Unreadable("an accent over more than a symbol")
                return self.applied(self._scripts(replace(node, accents=(*node.accents, token.text), start=start)))
            case "sum" | "int":
                return self.total(token)
            case "nabla":
                return self.gradient(token)
            case "partial":
                return self.partial(token)
            case "log" | "exp" | "max" | "min":
                return self.function(token)
            case "Delta":
                node = self.factor()
                return replace(node, name=f"Delta {node.name}", start=start)
        raise Unreadable(f"unknown {token.text}")

    def argument(self) -> Node:
        """The argument of a command: what is in braces, or the next token alone."""
        if self.take("{"):
            return replace(self.group("{"), end=self.end())
        token = self.side[self.at] if self.at < len(self.side) else None
        if token is not None and token.kind == "number" and len(token.text) > 1 and "." not in token.text:
            raise Unreadable("two digits after a command")  # \frac12, which the lexer has joined
        if token is not None and token.kind == "name":
            self.at += 1
            return Node("symbol", token.text, start=token.start, end=token.end)
        return self.atom()

    def _differential(self, node: Node) -> bool:
        """Whether it is a part of ∂L/∂w: a d or ∂ with something behind it."""
        node = node.parts[0] if node.kind in ("group", "product") and node.parts else node
        return node.kind == "differential" or (node.kind == "symbol" and node.name in ("d", "db", "dw", "dW", "dx"))

    def partial(self, token: Token) -> Node:
        """∂L/∂w as a gradient; a ∂ with its symbol alone is the half of a fraction."""
        bare = not self.goes_on()
        if not bare:
            self.factor()
        if self.peek() == "/" and self.peek(1) == "partial":
            self.at += 2
            self.factor()
            return Node("gradient", start=token.start, end=self.end())
        return Node("differential", "d" if bare else "", start=token.start, end=self.end())

    def gradient(self, token: Token) -> Node:
        """∇ with its scripts, and the function behind it."""
        while self.peek() in ("_", "^"):
            sign = self.next().text
            label = self.label()
            if sign == "^" and label not in ("(t)", "t"):
                raise Unreadable("a second derivative")
        self._differentiated()
        return Node("gradient", start=token.start, end=self.end())

    def _differentiated(self) -> None:
        """Take the function that a gradient is of, with its arguments."""
        if not (self.peek() in ("sum", "frac", "(", "[", "hat", "bar", "tilde") or self.goes_on()):
            return
        if self.peek() in ("sum", "frac") or self.side[self.at].kind == "number":
            self.product()
            return
        if self.peek() in ("hat", "bar", "tilde"):
            self.next()
        self.factor()
        while self.peek() in ("(", "["):
            self.skip()

    def total(self, token: Token) -> Node:
        """Σ or ∫ with its bounds, over the product that follows."""
        below = above = ""
        while self.peek() in ("_", "^"):
            if self.next().text == "_":
                below = self.label()
            else:
                above = self.label()
        body = self.product()
        return Node("total", token.text, (body,), below, above, start=token.start, end=self.end())

    def function(self, token: Token) -> Node:
        """A function with its argument, which without brackets is the product that follows, up to a sign."""
        name = token.text
        below = ""
        while self.peek() in ("_", "^"):
            sign = self.next().text
            label = self.label()
            if sign == "^":
                raise Unreadable("a power of a function")
            below = label
        if self.peek() in ("(", "[", "{"):
            opening = self.next().text
            node = self.group(opening)
        else:
            node = self.factor()
            while self.goes_on() and not self._function_next():
                node = self._product(node, self.factor())
            if self.peek() == "/" and not self._count_next():
                self.next()
                node = Node("quotient", parts=(node, self.factor()), start=node.start, end=self.end())
        return Node("call", name, (node,), below, start=token.start, end=self.end())

    def _function_next(self) -> bool:
        token = self.side[self.at]
        return token.text in FUNCTIONS or token.text in ("sum", "int", "(")

    def _count_next(self) -> bool:
        """Whether a division is by a number of samples or classes, or by something in brackets."""
        token = self.side[self.at + 1] if self.at + 1 < len(self.side) else None
        return token is None or token.kind in ("number", "sign", "command") or token.text in COUNTS

    def named(self, token: Token) -> Node:
        """A symbol, a function or a product with brackets."""
        start, name = token.start, token.text
        if name in FUNCTIONS and name != "E":
            return self.function(Token("command", name, start, token.end)) if name != "sqrt" else self._root(start)
        symbol = Node("symbol", name, start=start, end=token.end)
        if name == "d" and self.goes_on() and (self.side[self.at].kind == "name" or self.peek() == "{"):
            self.factor()
            if self.peek() == "/" and self.at + 1 < len(self.side) and self.side[self.at + 1].text.startswith("d"):
                self.at += 1
                if self.next().text == "d":
                    self.factor()
                return Node("gradient", start=start, end=self.end())
            return Node("differential", start=start, end=self.end())
        return self.applied(self._scripts(symbol))

    def applied(self, symbol: Node) -> Node:
        """A symbol with the brackets behind it: its argument, its time, or a factor, which is left there."""
        if self.peek() not in ("(", "[") or symbol.kind != "symbol":
            return symbol
        name, start = symbol.name, symbol.start
        if "prime" in symbol.accents and name in ("f", "J", "L", "C", "E", "F"):
            self.skip()
            return Node("gradient", start=start, end=self.end())
        if self._called(symbol):
            return self.call(symbol)
        inner = self.label_ahead()
        time = inner in ("t", "t-1", "t+1", "i", "i-1", "i+1", "k", "k-1", "k+1")
        if time and not symbol.below and name not in ("n", "N", "M", "P"):
            self.skip()
            return replace(symbol, below=inner, end=self.end())
        computed = bool(_COMPUTED.search(inner)) and symbol.below != ""
        multiplied = name in FACTORS or inner.startswith(name) or inner[:2] in ("1-", "1+") or computed
        if name == "E":
            body = self.group(self.next().text)
            return Node("total", "mean", (body,), symbol.below, start=start, end=self.end())
        if multiplied or (self.peek() == "[" and set(inner) & set("+-*/")):
            return symbol
        self.skip()
        label = f"{symbol.below}({inner})" if symbol.below else inner
        return self._scripts(replace(symbol, below=label, end=self.end()))

    def _root(self, start: int) -> Node:
        if self.peek() not in ("(", "{", "["):
            return Node("root", parts=(self.factor(),), start=start, end=self.end())
        return Node("root", parts=(self.group(self.next().text),), start=start, end=self.end())

    def _called(self, symbol: Node) -> bool:
        return (
            symbol.name in NAMED
            or (symbol.name in ("D", "d") and "KL" in symbol.below)
            or (symbol.name == "D" and self._has_bars())
        )

    def _has_bars(self) -> bool:
        ahead = self.label_ahead()
        return "|" in ahead

    def call(self, symbol: Node) -> Node:
        """A function of distributions: its arguments are divided by bars or commas."""
        opening = self.next().text
        parts: list[Node] = []
        marks: list[str] = []
        while True:
            before, self.inside = self.inside, "||"
            parts.append(self.distribution())
            self.inside = before
            if self.take(_CLOSING[opening]):
                break
            mark = self.next().text
            if mark not in ("||", "|", ",", ";", ":"):
                raise Unreadable("unknown arguments")
            if mark == "|" and self.peek() == "|":
                self.next()
            marks.append(mark)
        name = "KL" if symbol.name in ("D", "d", "D_KL", "KL_div", "kl_div") else symbol.name
        return Node("call", name, tuple(parts), "".join(marks), symbol.above, start=symbol.start, end=self.end())

    def distribution(self) -> Node:
        """An argument of such a function: one symbol, with its own arguments."""
        node = self.factor()
        if node.kind != "symbol":
            raise Unreadable("a distribution that is no symbol")
        return node

    def _scripts(self, node: Node) -> Node:
        """The node with the scripts that follow: labels of a symbol, powers of everything else."""
        while self.peek() in ("_", "^", "'"):
            sign = self.next().text
            if sign == "'":
                node = replace(node, accents=(*node.accents, "prime"), end=self.end())
            elif sign == "_":
                label = self.label()
                if node.kind == "symbol":
                    node = replace(node, below=",".join(filter(None, (node.below, label))), end=self.end())
                elif node.kind not in ("power", "group", "size"):
                    raise Unreadable("a lowered script without a symbol")
                elif node.kind == "power" and node.parts[0].kind == "symbol":
                    base = replace(node.parts[0], below=label)
                    node = replace(node, parts=(base, node.parts[1]), end=self.end())
            else:
                node = self._raised(node)
        return node

    def _raised(self, node: Node) -> Node:
        start = self.at
        label = self.label()
        end = self.end()
        if label in ("odot2", "*2", "circ2"):
            return Node("power", parts=(node, Node("number", value=2.0)), start=node.start, end=end)
        if node.kind == "symbol" and self._is_label(node, label):
            return replace(node, above=label, end=end)
        self.at = start
        if self.take("{"):
            power = self.group("{")
        elif self.take("("):
            power = self.group("(")
        else:
            token = self.next()
            if token.text == "-":  # 10^-8 in plain text
                part = self.atom()
                power = Node("minus", parts=(part,), start=token.start, end=part.end)
            elif token.kind == "number":
                power = Node("number", value=float(token.text), start=token.start, end=token.end)
            elif token.kind == "name":
                power = Node("symbol", token.text, start=token.start, end=token.end)
            else:
                raise Unreadable("a power that is no expression")
        return Node("power", parts=(node, power), start=node.start, end=self.end())

    def _is_label(self, node: Node, label: str) -> bool:
        """Whether a superscript of a symbol is a label, such as a step in parentheses, and no power."""
        if label.startswith("(") or not label:
            return True
        if label.replace(".", "").isdigit() or label in ("1/2", "0.5"):
            return False
        if label in ("-", "+", "*", "T", "top", "prime") or len(label) > 4:
            return True
        return node.name not in POWERS
