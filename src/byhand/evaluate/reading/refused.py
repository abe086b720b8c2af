"""Why a log cannot be evaluated, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from byhand.judge.visible import visible

REFUSALS = {
    "no duckdb": (
        "`eval` needs DuckDB and PyArrow ({name} is missing): pip install 'byhand[eval]'",
        "`eval` 需要 DuckDB 和 PyArrow（缺少 {name}）：pip install 'byhand[eval]'",
    ),
    "old duckdb": (
        "`eval` needs DuckDB 2.0 or newer, got {got}: pip install 'byhand[eval]'",
        "`eval` 需要 DuckDB 2.0 或更新的版本，现在是 {got}：pip install 'byhand[eval]'",
    ),
    "no ray": (
        "`--engine ray` of `eval` needs Ray: pip install 'byhand[ray]'",
        "`eval` 的 `--engine ray` 需要 Ray：pip install 'byhand[ray]'",
    ),
    "no file": (
        "`{argument}` of `eval` must be files that exist, got {got}.",
        "`eval` 的 `{argument}` 必须是存在的文件，收到的是 {got}。",
    ),
    "no match": (
        "`{argument}` of `eval` must be files that exist; nothing matches {got}.",
        "`eval` 的 `{argument}` 必须是存在的文件，没有文件与 {got} 匹配。",
    ),
    "empty folder": (
        "`{argument}` of `eval` must be a folder with Parquet, CSV, JSON lines or Arrow files, got {got}.",
        "`eval` 的 `{argument}` 是目录时，里面要有 Parquet、CSV、JSON lines 或 Arrow 文件，收到的是 {got}。",
    ),
    "no format": (
        "`{argument}` of `eval` must be files that end in one of {endings}, got {file}.",
        "`eval` 的 `{argument}` 必须是以 {endings} 之一结尾的文件，收到的是 {file}。",
    ),
    "formats": (
        "`{argument}` of `eval` must be files of one format, got {first} and {other}.",
        "`eval` 的 `{argument}` 必须是同一种格式的文件，收到的是 {first} 和 {other}。",
    ),
    "unreadable": ("{file} can't be read: {why}.", "{file} 无法读取：{why}。"),
    "no extension": (
        "{file} needs an extension of DuckDB that can't be loaded: {why}.",
        "读取 {file} 需要的 DuckDB 扩展无法加载：{why}。",
    ),
    "changed": (
        "{file} has changed while it was read; run `eval` again when it is complete.",
        "{file} 在读取过程中变了，请等它写完后再运行 `eval`。",
    ),
    "full disk": (
        "the temporary folder is full: {why}. `TMPDIR` selects another one.",
        "临时目录空间不足：{why}。可用 `TMPDIR` 指定另一个目录。",
    ),
    "full memory": ("memory is exhausted: {why}.", "内存不足：{why}。"),
    "no column": (
        "`{argument}` of `eval` must be a column or an SQL expression; there is no {got}, there are {columns}.{meant}",
        "`eval` 的 `{argument}` 必须是列名或 SQL 表达式，没有 {got} 这一列，现有的列是 {columns}。{meant}",
    ),
    "meant": (" Do you mean {names}?", "是想写 {names} 吗？"),
    "not SQL": (
        "`{argument}` of `eval` must be a column or an SQL expression, got {got}: {why}. The columns are {columns}.",
        "`eval` 的 `{argument}` 必须是列名或 SQL 表达式，收到的是 {got}：{why}。现有的列是 {columns}。",
    ),
    "type": (
        "`{argument}` of `eval` must be {what}; {got} is {type}. The columns are {columns}.",
        "`eval` 的 `{argument}` 必须是{what}，而 {got} 的类型是 {type}。现有的列是 {columns}。",
    ),
    "positive": (
        "`--positive` of `eval` must be a value of {label}, which is {type}, got {got}.",
        "`eval` 的 `--positive` 必须是 {label}（类型 {type}）的取值，收到的是 {got}。",
    ),
    "no positive": (
        "`--positive` of `eval` must be a value that some row has, got {got}: {label} is {values} in {files}.",
        "`eval` 的 `--positive` 必须是某一行的取值，收到的是 {got}：{files} 里 {label} 的取值是 {values}。",
    ),
    "classes": (
        "`--score` of `eval` must be one column for each class: {label} has {n} ({classes}), got {k} ({scores}).",
        "`eval` 的 `--score` 必须每个类别一列：{label} 有 {n} 个类别（{classes}），收到的是 {k} 列（{scores}）。",
    ),
    "number of classes": (
        "`--label` of `eval` must have 2 to {most} classes with `--multi-class`, {label} has {n}.",
        "`eval` 使用 `--multi-class` 时，`--label` 必须有 2 到 {most} 个类别，{label} 有 {n}。",
    ),
    "more": ("more", "更多"),
    "a number": ("a number", "数值"),
    "a boolean": ("a boolean", "布尔值"),
    "single values": ("single values, no lists or structures", "单个值，不能是列表或结构"),
    "binary": (
        "0 and 1 or booleans (or anything, with --positive VALUE or --multi-class)",
        " 0 和 1 或布尔值（其他取值要用 --positive 指明正类，多个类别用 --multi-class）",
    ),
    "bad row": (
        "row {row} of {file} has {problem} ({got}); `--skip-bad` skips such rows and counts them.",
        "{file} 第 {row} 行的{problem}（{got}）；加 `--skip-bad` 可跳过并计数。",
    ),
    "bad line": (
        "line {line} of {file} can't be read: {why}; `--skip-bad` skips such lines and counts them.",
        "{file} 第 {line} 行无法解析：{why}；加 `--skip-bad` 可跳过并计数。",
    ),
    "bad label": ("a label that is neither 0 nor 1", "标签既不是 0 也不是 1"),
    "null label": ("no label", "标签为空"),
    "no class": ("a label that is none of the classes", "标签不是任何一个类别"),
    "bad score": ("a score that is no number", "分数不是数值"),
    "null score": ("no score", "分数为空"),
    "wide score": ("a score that float64 does not hold exactly", "分数无法用 float64 精确表示"),
    "bad weight": ("a weight that is not finite and at least 0", "权重不是大于等于 0 的有限数"),
    "large weight": ("a weight above 2⁴²", "权重超过 2⁴²"),
    "null weight": ("no weight", "权重为空"),
    "null group": ("no group", "分组为空"),
    "other columns": (
        "the files of a log must have the same columns: {first} has {column}, {file} does not.",
        "同一份日志的各个文件必须有相同的列：{first} 有 {column}，{file} 没有。",
    ),
    "no rows": ("there is no row in {files}.", "{files} 里没有任何行。"),
    "no rows where": (
        "`--where` of `eval` must be true of some row, got {got}: it is true of no row in {files}.",
        "`eval` 的 `--where` 至少要有一行满足，收到的是 {got}：{files} 里没有满足的行。",
    ),
    "no rows left": (
        "no row is left of {files}: {dropped}.",
        "{files} 里没有剩下可用的行：{dropped}。",
    ),
    "dropped": ("{n:,} were skipped", "跳过了 {n:,} 行"),
    "many slices": (
        "`--by` of `eval` must be columns of at most {most} values, {got} has more; `--group` takes any number.",
        "`eval` 的 `--by` 每列最多 {most} 个取值，{got} 超出了；取值很多的列请用 `--group`。",
    ),
    "uneven weight": (
        "`--weight` of `eval` must be multiples of 2⁻²⁰ with `--group`, got {n:,} rows with others: GAUC is exact only "
        'with those. Round them, such as `--weight "round(({got}) * 1024)"`.',
        "`eval` 的 `--weight` 与 `--group` 同用时必须是 2⁻²⁰ 的倍数，有 {n:,} 行不是：只有这样 GAUC 才精确。"
        '请先取整，例如 `--weight "round(({got}) * 1024)"`。',
    ),
    "much weight": (
        "`--weight` of `eval` must be at most 2⁴² (about 4.4 · 10¹²) in total, it is more.",
        "`eval` 的 `--weight` 总和最多为 2⁴²（约 4.4 × 10¹²），这里超出了。",
    ),
    "unsteady": (
        "`--by` of `eval` must be the same each time it is computed, got {got}.",
        "`eval` 的 `--by` 每次计算的结果必须相同，收到的是 {got}。",
    ),
    "worker": ("the work could not be done on Ray: {why}.", "Ray 未能完成计算：{why}。"),
}


class Refused(ValueError):
    """A log, or a question about it, cannot be evaluated; the message is one sentence, in English.

    Args:
        key: one of ``REFUSALS``.
        fill: values for the placeholders of its sentence.
    """

    def __init__(self, key: str, **fill: object) -> None:
        self.key, self.fill = key, fill
        super().__init__(self.said("en"))

    def said(self, lang: str) -> str:
        """The sentence in "en" or "zh"."""
        return visible(Phrase(self.key, self.fill).said(lang))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled by key and values, so that it crosses processes."""
        return _again, (self.key, self.fill)


@dataclass(frozen=True)
class Phrase:
    """A part of a sentence, which depends on the language: a key of ``REFUSALS`` and its values."""

    key: str
    fill: Mapping[str, object] = field(default_factory=dict)

    def said(self, lang: str) -> str:
        """The words in "en" or "zh"."""
        words = {name: value.said(lang) if isinstance(value, Phrase) else value for name, value in self.fill.items()}
        return REFUSALS[self.key][lang == "zh"].format(**words)


def _again(key: str, fill: dict[str, object]) -> Refused:
    return Refused(key, **fill)
