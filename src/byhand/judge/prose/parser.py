"""Reads tokens as a tree. A small grammar: what it does not know is unreadable, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from byhand.judge.prose.tokens import LETTERS, Token, tokens
from byhand.judge.prose.tree import Node, Statement, Unreadable

__all__ = ["statements"]

LONGEST, DEEPEST = 2_000, 60
"""Tokens of a formula, and how deep it may be nested."""
RELATIONS = ("=", "<-", "+=", "-=", "~")
FUNCTIONS = ("log", "log2", "log10", "exp", "sqrt", "max", "min", "abs", "softmax", "sigmoid", "sign", "E", "log_softmax")
NAMED = ("KL", "D_KL", "KL_div", "kl_div", "H", "CE", "cross_entropy", "JS", "AUC")
"""Functions of distributions, whose arguments matter."""
FACTORS = LETTERS - {"sigma", "phi", "psi", "Phi", "Psi", "ell", "pi"} | {"n", "N", "M", "m", "t", "lr", "learning_rate", "v", "s", "r"}
"""Names before a parenthesis that are multiplied with it. Others are functions of it."""
POWERS = ("beta", "rho", "gamma", "mu", "b")
"""Names whose superscript t is a power."""
COUNTS = ("N", "n", "M", "m", "B", "K", "C")
_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "||": "||"}


def statements(text: str, tex: bool, offset: int = 0) -> Iterator[Statement]:
    """What a formula states, each with its place, counted from ``offset``. Unreadable parts are left out."""
    found = tokens(text, tex, offset)
    if len(found) > LONGEST:
        return
    left: Node | None = None
    for row in _rows(found):
        try:
            sides, relations = _sides(row)
            if sides and not sides[0] and left is not None:
                sides = [[], *sides[1:]]
            elif sides:
                left = None
            for i, side in enumerate(sides):
                last = i == 0 and len(sides) > 1
                if last and not side:
                    continue
                if last:
                    left = _parsed(side)[0]
                    continue
                relation = relations[i - 1] if i else ""
                if relation == "~":
                    break
                readings = _parsed(side)
                if relation in ("+=", "-=") and left is not None:
                    readings = tuple(_stepped(left, relation, reading) for reading in readings)
                start = sides[0][0].start if i == 1 and sides[0] else side[0].start
                yield Statement(left, readings, start, side[-1].end, relation not in ("", "="))
        except (Unreadable, RecursionError):
            left = None


def _stepped(left: Node, relation: str, change: Node) -> Node:
    """The right side of ``x += change`` with the x that it adds to."""
    change = change if relation == "+=" else Node("minus", parts=(change,), start=change.start, end=change.end)
    return Node("sum of", parts=(left, change), start=left.start, end=change.end)


def _rows(found: Sequence[Token]) -> Iterator[list[Token]]:
    """The statements of a formula: split at line ends, gaps and commas outside of parentheses, and joined again where
    a line goes on with a sign."""
    rows: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if token.text == "row" or (depth <= 0 and token.text in ("gap", ",", ";", ".", "。")):
            rows.append([])
            depth = 0 if token.text == "row" else depth
        elif token.text != "gap":
            rows[-1].append(token)
    joined: list[list[Token]] = []
    for row in filter(None, rows):
        if joined and row[0].kind == "sign" and row[0].text in "+-*/":
            joined[-1] += row
        else:
            joined.append(row)
    return iter(joined)


def _sides(row: Sequence[Token]) -> tuple[list[list[Token]], list[str]]:
    sides: list[list[Token]] = [[]]
    relations: list[str] = []
    depth = 0
    for token in row:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0 and token.kind == "sign" and token.text in RELATIONS:
            relations.append(token.text)
            sides.append([])
        else:
            sides[-1].append(token)
    if any(not side for side in sides[1:]):
        raise Unreadable("a relation without a right side")
    return sides, relations


def _parsed(side: Sequence[Token]) -> tuple[Node, ...]:
    """The readings of one side: how far an unmarked division reaches is open where a product follows it."""
    narrow = _Parser(side, wide=False)
    tree = narrow.whole()
    if not narrow.open:
        return (tree,)
    return (tree, _Parser(side, wide=True).whole())


@dataclass
class _Parser:
    side: Sequence[Token]
    wide: bool
    """Whether a / reaches over all factors that are written next to each other."""
    at: int = 0
    depth: int = 0
    open: bool = False
    """Whether a / was followed by such factors."""

    def whole(self) -> Node:
        """All tokens as one expression."""
        node = self.sum()
        if self.at < len(self.side):
            raise Unreadable(f"unexpected {self.side[self.at].text}")
        return node

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

    def sum(self) -> Node:
        """Terms with + and −."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("nested too deep")
        start = self._start()
        terms = []
        sign = self.next().text if self.peek() in ("+", "-") else "+"
        while True:
            term = self.product()
            terms.append(term if sign == "+" else Node("minus", parts=(term,), start=term.start, end=term.end))
            if self.peek() not in ("+", "-"):
                break
            sign = self.next().text
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Node("sum of", parts=tuple(terms), start=start, end=self._end())

    def product(self) -> Node:
        """Factors with ·, / or nothing between them."""
        start = self._start()
        node = self.signed()
        while True:
            if self.take("*"):
                node = self._product(node, self.signed())
            elif self.take("/"):
                below = self.factor()
                if self._goes_on():
                    self.open = True
                    while self.wide and self._goes_on():
                        below = self._product(below, self.factor())
                node = Node("quotient", parts=(node, below), start=start, end=self._end())
            elif self._goes_on():
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

    def _goes_on(self) -> bool:
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
        return self._inside != text and any(token.text == text for token in self.side[self.at + 1 :])

    _inside = ""

    def _product(self, a: Node, b: Node) -> Node:
        parts = (*a.parts, b) if a.kind == "product" else (a, b)
        return Node("product", parts=parts, start=a.start, end=b.end)

    def _start(self) -> int:
        return self.side[self.at].start if self.at < len(self.side) else self.side[-1].end

    def _end(self) -> int:
        return self.side[self.at - 1].end

    def group(self, opening: str) -> Node:
        """What stands between brackets; the opening one has been taken."""
        before, self._inside = self._inside, opening if opening in ("|", "||") else ""
        node = self.sum()
        if not self.take(_CLOSING[opening]):
            raise Unreadable("a bracket is not closed")
        self._inside = before
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
                return Node(kind, parts=(node,), start=start, end=self._end())
            if token.text == "{":
                node = replace(node, end=self._end())
                return self.applied(self._scripts(node)) if node.kind == "symbol" else node
            return Node("group", parts=(node,), start=start, end=self._end())
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
                    return Node("gradient", start=start, end=self._end())
                return Node("quotient", parts=(above, below), start=start, end=self._end())
            case "sqrt":
                if self.peek() == "[":
                    raise Unreadable("another root than the square root")
                return Node("root", parts=(self.argument(),), start=start, end=self._end())
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
            return replace(self.group("{"), end=self._end())
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
        if self._goes_on():
            self.factor()
        if self.peek() == "/" and self.peek(1) == "partial":
            self.at += 2
            self.factor()
            return Node("gradient", start=token.start, end=self._end())
        return Node("differential", start=token.start, end=self._end())

    def gradient(self, token: Token) -> Node:
        """∇ with its scripts, and the function behind it."""
        while self.peek() in ("_", "^"):
            sign = self.next().text
            label = self.label()
            if sign == "^" and label not in ("(t)", "t"):
                raise Unreadable("a second derivative")
        if self.peek() in ("sum", "frac", "(", "[", "hat", "bar", "tilde") or self._goes_on():
            if self.peek() in ("sum", "frac") or self.side[self.at].kind == "number":
                self.product()
            else:
                if self.peek() in ("hat", "bar", "tilde"):
                    self.next()
                self.factor()
                while self.peek() in ("(", "["):
                    self.skip()
        return Node("gradient", start=token.start, end=self._end())

    def total(self, token: Token) -> Node:
        """Σ or ∫ with its bounds, over the product that follows."""
        below = above = ""
        while self.peek() in ("_", "^"):
            if self.next().text == "_":
                below = self.label()
            else:
                above = self.label()
        body = self.product()
        return Node("total", token.text, (body,), below, above, start=token.start, end=self._end())

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
            while self._goes_on() and not self._function_next():
                node = self._product(node, self.factor())
            if self.peek() == "/" and not self._count_next():
                self.next()
                node = Node("quotient", parts=(node, self.factor()), start=node.start, end=self._end())
        return Node("call", name, (node,), below, start=token.start, end=self._end())

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
        if name == "d" and self._goes_on() and self.side[self.at].kind == "name":
            self.factor()
            if self.peek() == "/" and self.at + 1 < len(self.side) and self.side[self.at + 1].text.startswith("d"):
                self.at += 1
                if self.next().text == "d":
                    self.factor()
                return Node("gradient", start=start, end=self._end())
            return Node("differential", start=start, end=self._end())
        return self.applied(self._scripts(symbol))

    def applied(self, symbol: Node) -> Node:
        """A symbol with the brackets behind it: its argument, its time, or a factor, which is left there."""
        if self.peek() not in ("(", "[") or symbol.kind != "symbol":
            return symbol
        name, start = symbol.name, symbol.start
        if self._called(symbol):
            return self.call(symbol)
        inner = self._label_ahead()
        time = inner in ("t", "t-1", "t+1", "i", "i-1", "i+1", "k", "k-1", "k+1")
        if time and not symbol.below and name not in ("n", "N", "M", "P"):
            self.skip()
            return replace(symbol, below=inner, end=self._end())
        multiplied = name in FACTORS or inner.startswith(name) or inner[:2] in ("1-", "1+")
        if name == "E":
            body = self.group(self.next().text)
            return Node("total", "mean", (body,), symbol.below, start=start, end=self._end())
        if multiplied or (self.peek() == "[" and set(inner) & set("+-*/")):
            return symbol
        self.skip()
        label = f"{symbol.below}({inner})" if symbol.below else inner
        return self._scripts(replace(symbol, below=label, end=self._end()))

    def _root(self, start: int) -> Node:
        if self.peek() not in ("(", "{", "["):
            return Node("root", parts=(self.factor(),), start=start, end=self._end())
        return Node("root", parts=(self.group(self.next().text),), start=start, end=self._end())

    def _called(self, symbol: Node) -> bool:
        return symbol.name in NAMED or (symbol.name in ("D", "d") and "KL" in symbol.below) or (
            symbol.name == "D" and self._has_bars()
        )

    def _has_bars(self) -> bool:
        ahead = self._label_ahead()
        return "|" in ahead

    def call(self, symbol: Node) -> Node:
        """A function of distributions: its arguments are divided by bars or commas."""
        opening = self.next().text
        parts: list[Node] = []
        marks: list[str] = []
        while True:
            before, self._inside = self._inside, "||"
            parts.append(self.distribution())
            self._inside = before
            if self.take(_CLOSING[opening]):
                break
            mark = self.next().text
            if mark not in ("||", "|", ",", ";", ":"):
                raise Unreadable("unknown arguments")
            if mark == "|" and self.peek() == "|":
                self.next()
            marks.append(mark)
        name = "KL" if symbol.name in ("D", "d", "D_KL", "KL_div", "kl_div") else symbol.name
        return Node("call", name, tuple(parts), "".join(marks), symbol.above, start=symbol.start, end=self._end())

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
                node = replace(node, accents=(*node.accents, "prime"), end=self._end())
            elif sign == "_":
                label = self.label()
                if node.kind == "symbol":
                    node = replace(node, below=",".join(filter(None, (node.below, label))), end=self._end())
                elif node.kind not in ("power", "group", "size"):
                    raise Unreadable("a lowered script without a symbol")
                elif node.kind == "power" and node.parts[0].kind == "symbol":
                    base = replace(node.parts[0], below=label)
                    node = replace(node, parts=(base, node.parts[1]), end=self._end())
            else:
                node = self._raised(node)
        return node

    def _raised(self, node: Node) -> Node:
        start = self.at
        label = self.label()
        end = self._end()
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
        return Node("power", parts=(node, power), start=node.start, end=self._end())

    def _is_label(self, node: Node, label: str) -> bool:
        """Whether a superscript of a symbol is a label, such as a step in parentheses, and no power."""
        if label.startswith("(") or not label:
            return True
        if label.replace(".", "").isdigit() or label in ("1/2", "0.5"):
            return False
        if label in ("-", "+", "*", "T", "top", "prime") or len(label) > 4:
            return True
        return node.name not in POWERS

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

    def _label_ahead(self) -> str:
        """What stands in the brackets that open here."""
        start = self.at
        self.skip()
        inner = "".join(token.text for token in self.side[start + 1 : self.at - 1])
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
