"""The short words of reports, in English and Chinese: edges, notes, verdicts. Mistakes have their pages."""

from __future__ import annotations

import os

LANGUAGES = ("en", "zh")

VERDICTS = {
    "right": ("right", "正确"),
    "convention": ("right, under another convention", "正确，用的是另一种约定"),
    "fragile": ("fragile", "经不起边界情况"),
    "mistaken": ("mistaken", "有错"),
    "stopped": ("stopped", "跑不下去"),
    "unknown": ("wrong, in a way I do not know", "结果不对，但认不出是哪种错"),
    "unrecognised": ("not recognised", "没认出来"),
    "ours": ("not judged, and it is our fault", "没能判定，责任在我们"),
}

TASKS = {
    "kl_divergence": ("KL divergence", "KL 散度"),
    "cross_entropy": ("cross-entropy", "交叉熵"),
    "sgd": ("SGD", "SGD"),
    "momentum": ("momentum", "动量法"),
    "adam": ("Adam", "Adam"),
    "adamw": ("AdamW", "AdamW"),
    "roc_auc": ("ROC AUC", "ROC AUC"),
}

STOPPED = {
    "error": ("It raises an exception, however I call it:", "怎么调用都会抛异常："),
    "too slow": ("It does not come to an end:", "跑不完："),
    "too much memory": ("It wants too much memory:", "占用内存过多："),
    "too much output": ("It prints without end:", "输出太多："),
    "forbidden": ("It tried what a check does not allow:", "它做了检查时不允许的事："),
    "gone": ("Its process ended in the middle:", "进程中途退出："),
    "ours": ("byhand itself failed here:", "这里是 byhand 自己出了问题："),
}

EDGES: dict[str, tuple[str, str]] = {}
"""Edges by the names that tasks give their probes."""

NOTES: dict[str, tuple[str, str]] = {
    "library": (
        "It calls {name}: the numbers are the library's, not those of a formula written by hand.",
        "这里调用了 {name}：算出结果的是库，不是手写的公式。",
    ),
}
"""Sentences of notes, filled with their detail."""

CALLING: dict[str, str] = {}
"""Chinese for the words in which conventions are described."""

PHRASES = {
    "cell": ("cell {cell}, line {line}", "第 {cell} 个单元格第 {line} 行"),
    "line": ("line {line}", "第 {line} 行"),
    "on": ("On {input}", "输入 {input}"),
    "at the edge": ("At the edge “{edge}”: {input}", "边界情况“{edge}”：{input}"),
    "yours": ("yours", "你的"),
    "formula": ("formula", "公式"),
    "mistake": ("mistake", "错误写法"),
    "convention": ("convention", "另一写法"),
    "the formula has": ("The formula has", "公式里写的是"),
    "write instead": ("Write instead", "应该写"),
    "explain": ("More: byhand explain {id}", "详细说明：byhand explain {id}"),
    "called": ("called with {convention}", "调用方式：{convention}"),
    "breaks": ("Right on ordinary input; breaks at {edge}.", "普通输入没有问题；遇到{edge}就会出错。"),
    "unknown": (
        "It differs from the formula, and from every mistake in the clinic.",
        "结果和公式不一致，和已知的各种错法也都对不上。",
    ),
    "sealed": ("sealed: {layers}", "隔离运行：{layers}"),
    "trusted": ("not sealed, at your word: {layers}", "按你的要求未完全隔离：{layers}"),
    "unrecognised": (
        "Not judged, since not recognised as one of the seven: {names}. If one is, say so: --as {name}=TASK.",
        "没有判定（认不出属于七种中的哪一种）：{names}。如果其中有，请注明：--as {name}=TASK。",
    ),
    "problem": ("left out, since it is not Python: {message}", "不是合法的 Python，已跳过：{message}"),
    "nothing": (
        "I found no definition that looks like one of the seven: KL divergence, cross-entropy, SGD, momentum, Adam, "
        "AdamW, ROC AUC.",
        "没有找到属于这七种的定义：KL 散度、交叉熵、SGD、动量法、Adam、AdamW、ROC AUC。",
    ),
}


def say(table: dict[str, tuple[str, str]], key: str, lang: str, **fill: object) -> str:
    """The entry of ``key`` in "en" or "zh", filled; the key itself where there is no entry."""
    text = table.get(key, (key, key))[LANGUAGES.index(lang)]
    return text.format(**fill) if fill else text


def calling(convention: dict[str, str], lang: str) -> str:
    """A calling convention in one line."""
    if lang == "zh":
        return "，".join(f"{CALLING.get(key, key)}：{CALLING.get(value, value)}" for key, value in convention.items())
    return ", ".join(f"{key}: {value}" for key, value in convention.items())


def language(wanted: str | None = None) -> str:
    """The wanted language, or that of the locale: "zh" if it is Chinese, else "en"."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return wanted or ("zh" if locale.lower().startswith("zh") else "en")
