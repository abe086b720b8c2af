"""Reports in words: texts of one language with their placeholders filled; inputs, results and calling conventions."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from byhand.judge.phrases import Phrase, Text
from byhand.judge.reporting.texts import CALLING, PHRASES, PROBLEMS, REASONS, RESULTS

LANGUAGES = ("en", "zh")


def problem(message: str, lost: Sequence[str], lang: str) -> str:
    """Why something is left out, with the lost names: a key of :data:`PROBLEMS`, or Python's own message."""
    text = say(PROBLEMS, message, lang) if message in PROBLEMS else say(PHRASES, "problem", lang, message=message)
    names = ("、" if lang == "zh" else ", ").join(lost)
    return text + say(PHRASES, "lost", lang, names=names) if names else text


def say(table: dict[str, tuple[str, str]], key: str, lang: str, **fill: object) -> str:
    """The text of ``key`` in "en" or "zh", filled; the key itself if it has no text."""
    text = table.get(key, (key, key))[LANGUAGES.index(lang)]
    return text.format(**fill) if fill else text


def written(text: Text, lang: str) -> str:
    """An input, a result or a reason in words."""
    match text:
        case str():
            return text
        case Phrase():
            fill = {key: written(part, lang) for key, part in text.fill.items()}
            return say(RESULTS | REASONS, text.key, lang, **fill)
    return "".join(written(part, lang) for part in text)


def colon(lang: str) -> str:
    """The separator between a label and its value."""
    return "：" if lang == "zh" else ": "


def comma(lang: str) -> str:
    """The separator between two parts of a line."""
    return "，" if lang == "zh" else ", "


def calling(convention: dict[str, str], lang: str) -> str:
    """A calling convention in one line."""
    if lang != "zh":
        return "; ".join(f"{key}: {value}" for key, value in convention.items())
    first, *rest = [_in_chinese(key, value) for key, value in convention.items()] or [""]
    return first and f"识别为：{first}{'；' if rest else ''}{'，'.join(rest)}"


def _in_chinese(key: str, value: str) -> str:
    words = CALLING.get(key, {"": f"{key} = {{}}"})
    if value.startswith("class with "):
        return f"带 {value.removeprefix('class with ')}() 的类"
    if value.startswith("in ") and key == "result" and value not in words:
        return f"结果存入 {value.removeprefix('in ')}"
    said = "、".join(words.get(word, word) for word in value.split(", "))
    said = said[1:] if said.startswith("=") else words[""].format(said)
    return re.sub(r"(?<=[\u4e00-\u9fff])(?=[a-zA-Z.])", " ", said)


def language(wanted: str | None = None) -> str:
    """``wanted``, or the language of the locale: "zh" if it is Chinese, else "en"."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return wanted or ("zh" if locale.lower().startswith("zh") else "en")
