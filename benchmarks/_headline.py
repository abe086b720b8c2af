"""Makes the table of six speedups for the READMEs, in English and in Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks._row import OURS
from benchmarks._words import duration, times

OPEN, SHUT = "<!-- bench -->", "<!-- /bench -->"

ROWS = (  # system, key, peers, and the work in English and in Chinese
    (
        "cross_entropy",
        "vocabulary",
        ("torch", "torch.compile"),
        ("cross-entropy, forward + backward, 2048 × 50257", "交叉熵，前向加反向，2048 × 50257"),
    ),
    (
        "cross_entropy",
        "ten",
        ("torch", "torch.compile"),
        ("cross-entropy, forward + backward, 1048576 × 10", "交叉熵，前向加反向，1048576 × 10"),
    ),
    (
        "kl_divergence",
        "vocabulary",
        ("torch", "scipy rel_entr"),
        ("KL divergence of probabilities, 2048 × 50257", "概率之间的 KL 散度，2048 × 50257"),
    ),
    (
        "kl_divergence",
        "logits",
        ("torch", "torch.compile"),
        ("KL divergence from logits, forward + backward, 2048 × 50257", "logits 的 KL 散度，前向加反向，2048 × 50257"),
    ),
    (
        "roc_auc",
        "rare",
        ("scikit-learn", "torchmetrics", "polars rank"),
        ("ROC AUC, 10⁷ samples, 3 % positive", "ROC AUC，10⁷ 个样本，正例占 3 %"),
    ),
    (
        "adamw",
        "gpt2",
        ("torch", "torch fused"),
        ("AdamW, one step of 124 million parameters", "AdamW，1.24 亿参数走一步"),
    ),
)

WORDS = {
    "en": (
        ("work", "byhand", "times as fast as"),
        "Medians of one run on {cpu}, {cores} cores, {simd}, torch {torch}; all rows, also where byhand is slower: "
        "[{name}]({link}).",
    ),
    "zh": (
        ("任务", "byhand", "速度是对方的几倍"),
        "同一次运行的中位数：{cpu}，{cores} 核，{simd}，torch {torch}；全部数据（含输掉的项目）见 [{name}]({link})。",
    ),
}
PLAIN = {"AVX512": "AVX-512"}


def headline(results: dict[str, Any], language: str = "en", link: str = "benchmarks.json") -> str:
    """The table, without rows that are not in ``results``."""
    (heads, below), chinese = WORDS[language], language == "zh"
    lines = ["| " + " | ".join(heads) + " |", "|---|--:|---|"]
    by_key = {(row["system"], row["key"]): row for row in results["rows"]}
    for system, key, peers, work in ROWS:
        cells = by_key.get((system, key), {}).get("contestants", {})
        if "median" not in cells.get(OURS, {}):
            continue
        ratios = [f"{peer} {times(cells[peer]['ratio'])}" for peer in peers if cells.get(peer, {}).get("ratio")]
        lines.append(f"| {work[chinese]} | {duration(cells[OURS]['median'])} | {', '.join(ratios)} |")
    machine = results["machine"]
    facts = {"cpu": machine["cpu"], "cores": machine["cores"], "simd": PLAIN.get(machine["simd"], machine["simd"])}
    facts |= {"torch": results["versions"]["torch"], "name": link.rpartition("/")[2], "link": link}
    return "\n".join([*lines, "", below.format(**facts)])


def write_headline(results: dict[str, Any], folder: Path) -> None:
    """Write the table into the READMEs of ``folder``, between the marks; a README without marks stays as it is."""
    for name, language in (("README.md", "en"), ("README.zh-CN.md", "zh")):
        path = folder / name
        text = path.read_text("utf-8") if path.exists() else ""
        before, opened, rest = text.partition(OPEN)
        _, shut, after = rest.partition(SHUT)
        if opened and shut:
            table = headline(results, language, "docs/benchmarks.md")
            path.write_text(f"{before}{OPEN}\n{table}\n{SHUT}{after}", "utf-8")
