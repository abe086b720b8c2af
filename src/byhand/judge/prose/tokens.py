"""A formula in LaTeX, or in plain text with Greek letters and raised digits, as tokens of one kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

__all__ = ["LETTERS", "TRANSPARENT", "Token", "tokens"]


@dataclass(frozen=True)
class Token:
    """A piece of a formula; ``start`` and ``end`` are its places in the text."""

    kind: str
    """"name", "number", "sign", "command" or "text", that of a ``\\text{…}``."""
    text: str
    start: int
    end: int


GREEK = {
    **dict(zip("αβγδεζηθικλμνξπρστυφχψω", "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi"
    " rho sigma tau upsilon phi chi psi omega".split(), strict=True)),
    **dict(zip("ΓΔΘΛΞΠΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Phi Psi Omega".split(), strict=True)),
    **{"ϵ": "epsilon", "ϑ": "theta", "ϕ": "phi", "ϱ": "rho", "µ": "mu", "ℓ": "ell"},
}
LETTERS = frozenset(GREEK.values())
"""Names that LaTeX writes as commands and that mean a letter."""
_VARIANTS = {"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho"}
SIGNS = {
    **{"−": "-", "–": "-", "·": "*", "×": "*", "∗": "*", "⋅": "*", "⊙": "*", "∘": "*", "÷": "/", "∕": "/"},
    **{"←": "<-", "≔": "<-", "≡": "=", "≈": "~", "∝": "~", "≤": "~", "≥": "~", "≠": "~", "<": "~", ">": "~"},
    **{"‖": "||", "∥": "||", "（": "(", "）": ")", "【": "[", "】": "]", "，": ",", "；": ";", "：": ":", "＝": "="},
    **{"→": "~", "⇒": "~", "⇔": "~", "∈": "in", "∼": "sim"},
}
COMMANDS = {
    **dict.fromkeys(("cdot", "times", "odot", "circ", "ast", "otimes", "star"), ("sign", "*")),
    **dict.fromkeys(("leftarrow", "gets", "coloneqq", "longleftarrow", "Leftarrow"), ("sign", "<-")),
    **dict.fromkeys(("equiv", "triangleq", "doteq"), ("sign", "=")),
    **dict.fromkeys(("approx", "propto", "sim eq", "simeq", "le", "leq", "ge", "geq", "ne", "neq", "lt", "gt"), ("sign", "~")),
    **dict.fromkeys(("to", "rightarrow", "Rightarrow", "iff", "Leftrightarrow", "implies", "longrightarrow"), ("sign", "~")),
    **dict.fromkeys(("parallel", "Vert", "|", "lVert", "rVert", "shortparallel"), ("sign", "||")),
    **dict.fromkeys(("mid", "vert", "lvert", "rvert"), ("sign", "|")),
    **dict.fromkeys(("lbrace", "rbrace", "{", "}", "lbrack", "rbrack"), ("sign", "")),
    **dict.fromkeys(("quad", "qquad"), ("sign", "gap")),
    **dict.fromkeys(("dfrac", "tfrac", "cfrac", "frac"), ("command", "frac")),
    **dict.fromkeys(("widehat", "hat"), ("command", "hat")),
    **dict.fromkeys(("widetilde", "tilde"), ("command", "tilde")),
    **dict.fromkeys(("bar", "overline"), ("command", "bar")),
    **dict.fromkeys(("ln", "log", "lg"), ("command", "log")),
    **{"div": ("sign", "/"), "colon": ("sign", ":"), "lbrack": ("sign", "["), "rbrack": ("sign", "]")},
    **{"in": ("sign", "in"), "sim": ("sign", "sim"), "\\": ("sign", "row"), "newline": ("sign", "row"), "cr": ("sign", "row")},
}
"""LaTeX commands by the token that they are. Others stay commands of their own name."""
SPACES = frozenset(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle displaystyle textstyle limits nolimits"
    " nonumber notag , ; : ! > rm bf it cal mathstrut strut allowbreak label ensuremath".split()
) | {" "}
"""Commands without a meaning for us."""
TRANSPARENT = frozenset(
    "boldsymbol mathbf bm pmb mathrm mathit mathcal mathsf mathbb mathscr mathfrak mathtt vec operatorname operatorname*"
    " underbrace overbrace boxed color".split()
)
"""Commands whose argument stands for itself."""
WORDS = frozenset(
    "AUC KL CE NLL JS lr grad eps log exp rank ranks softmax sigmoid sqrt pos neg loss Loss beta theta alpha eta gamma"
    " epsilon wd dw dW db dx dtheta momentum velocity new old prev pred true".split()
)
"""Runs of letters that are one name even in LaTeX, where letters stand alone."""
WHOLE = frozenset(
    "learning_rate weight_decay step_size y_true y_pred y_hat n_pos n_neg num_pos num_neg p_true q_pred D_KL KL_div kl_div"
    " cross_entropy L_CE sum_rank rank_sum sqrt_v log_softmax".split()
)
"""Names in plain text whose underscores divide words of one name."""
FUNCTIONS = frozenset(("log2", "log10", "log1p"))
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar"}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵗⁱⁿᵏᵀ", "0123456789+-()tinkT", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₜᵢₙⱼₖₚₓ", "0123456789+-()tinjkpx", strict=True))
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][-−+]?\d+)?|\.\d+")
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z][A-Za-z0-9]*|_\d+(?![\w{]))*")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_TEXT = re.compile(r"\\(?:text|textrm|textbf|textit|mbox|textnormal|mathrm|operatorname\*?|textsf)\s*\{([^{}]*)\}")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{(\w+)\*?\}(?:\{[lcr| ]*\})?(?:\[\w\])?")
_IGNORED = re.compile(r"\\(?:tag|label|hspace|vspace|color|phantom|hphantom)\*?\s*\{[^{}]*\}")
_TIME = re.compile(r"([A-Za-z])_([tik])([-−+]1)(?![\w.])")
"""A time index without braces in plain text: m_t-1."""


def tokens(text: str, tex: bool, offset: int = 0) -> list[Token]:
    """The tokens of a formula, their places counted from ``offset``. What has no meaning has an empty text."""
    found = _tokens(text, tex)
    return [replace(token, start=token.start + offset, end=token.end + offset) for token in found if token.text]


def _tokens(text: str, tex: bool) -> Iterator[Token]:
    at = 0
    while at < len(text):
        step = list(_latex(text, at) if text[at] == "\\" else _letters(text, at, tex) or _sign(text, at))
        yield from step
        at = step[-1].end


def _latex(text: str, at: int) -> Iterator[Token]:
    """The token of a LaTeX command; what is skipped is an empty token."""
    if match := _ENVIRONMENT.match(text, at):
        piecewise = match[2] in ("cases", "matrix", "bmatrix", "pmatrix", "vmatrix")
        yield Token("sign", f"{match[1]} piecewise" if piecewise else "", at, match.end())
    elif match := _IGNORED.match(text, at):
        yield Token("sign", "", at, match.end())
    elif match := _TEXT.match(text, at):
        yield Token("text", match[1].strip(), at, match.end())
    else:
        match = re.compile(r"\\([A-Za-z]+\*?|.)", re.DOTALL).match(text, at)
        name, end = (match[1], match.end()) if match else ("", at + 1)
        name = _VARIANTS.get(name, name)
        if name in LETTERS and name not in ("Delta", "Pi"):
            yield Token("name", name, at, end)
        elif name in SPACES or name in TRANSPARENT or name.isspace():
            yield Token("sign", "", at, end)
        else:
            kind, meaning = COMMANDS.get(name, ("command", name))
            yield Token(kind, meaning, at, end)


def _letters(text: str, at: int, tex: bool) -> list[Token]:
    """Names and numbers, with the accent and the raised or lowered characters that follow; [] if there are none."""
    if match := _NUMBER.match(text, at):
        return [Token("number", match[0].replace("−", "-"), at, match.end())]
    if not tex and (match := _TIME.match(text, at)):
        index = match[2] + match[3].replace("−", "-")
        signs = [Token("name", match[1], at, at + 1), *_script("_", index, at + 1, match.end())]
        return signs
    if match := _HAN.match(text, at):
        return [Token("text", match[0], at, match.end())]
    first = unicodedata.normalize("NFD", text[at])
    if text[at] in _RAISED or text[at] in _LOWERED:
        return _run(text, at)
    if not (first[0].isascii() and first[0].isalpha()) and first[0] not in GREEK:
        return []
    if len(first) > 1 or first[0] in GREEK:
        end = at + 1
        name = GREEK.get(first[0], first[0])
        marks = list(first[1:])
    else:
        name, end = _name(text, at, tex)
        marks = []
    while end < len(text) and text[end] in _ACCENTS:
        marks.append(text[end])
        end += 1
    accents = [Token("command", _ACCENTS.get(mark, "vec"), at, at) for mark in marks]
    return [*accents, *(_words(name, at, end) if not tex else [Token("name", name, at, end)])]


def _words(name: str, at: int, end: int) -> list[Token]:
    """The tokens of a name in plain text: ``m_hat`` is an m with a hat, ``beta1`` a beta with a lowered 1."""
    if name in WHOLE:
        return [Token("name", name, at, end)]
    base, *rest = name.split("_")
    digits = re.search(r"(?<=[a-z])\d+$", base) if base not in FUNCTIONS else None
    if digits:
        base, rest = base[: digits.start()], [digits[0], *rest]
    accents = [Token("command", "hat", at, at)] if "hat" in rest else []
    below = ",".join(part for part in rest if part != "hat")
    return [*accents, Token("name", base, at, end), *(_script("_", below, end, end) if below else [])]


def _name(text: str, at: int, tex: bool) -> tuple[str, int]:
    """A name of ASCII letters, and its end."""
    match = re.compile("[A-Za-z]+").match(text, at) if tex else _PLAIN_NAME.match(text, at)
    assert match is not None
    accented = match.end() < len(text) and text[match.end()] in _ACCENTS
    if tex and match[0] not in WORDS:
        return text[at], at + 1
    if not tex and accented and len(match[0]) > 1:  # ab̂ is a · b̂
        return match[0][:-1], match.end() - 1
    return match[0], match.end()


def _run(text: str, at: int) -> list[Token]:
    """Raised or lowered characters as a script in braces."""
    table, sign = (_RAISED, "^") if text[at] in _RAISED else (_LOWERED, "_")
    end = at
    while end < len(text) and text[end] in table:
        end += 1
    return _script(sign, "".join(table[character] for character in text[at:end]), at, end)


def _script(sign: str, content: str, start: int, end: int) -> list[Token]:
    inner = [Token("number" if c.isdigit() else "name" if c.isalpha() else "sign", c, start, end) for c in content]
    return [Token("sign", sign, start, end), Token("sign", "{", start, end), *inner, Token("sign", "}", start, end)]


_PLAIN_SIGNS = ("<-", ":=", "**", "||", "+=", "-=", "<=", ">=", "==", "=>", "->")
_SYMBOLS = {"∇": "nabla", "∂": "partial", "√": "sqrt", "∑": "sum", "Σ": "sum", "∫": "int", "∏": "prod", "½": "half", "∞": "infty"}


def _sign(text: str, at: int) -> list[Token]:
    two, one = text[at : at + 2], text[at]
    if one in _SYMBOLS:
        return [Token("command", _SYMBOLS[one], at, at + 1)]
    if two in _PLAIN_SIGNS:
        meaning = {":=": "<-", "**": "^", "<=": "~", ">=": "~", "==": "=", "=>": "~", "->": "~"}.get(two, two)
        return [Token("sign", meaning, at, at + 2)]
    if one.isspace() or one in "&~$`\u200b":
        return [Token("sign", "", at, at + 1)]
    return [Token("sign", SIGNS.get(one, one), at, at + 1)]
