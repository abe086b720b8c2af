"""The texts of ``eval``: its help, its progress and its errors. Those of its report are in byhand.evaluate."""

from __future__ import annotations

EVALUATION: dict[str, tuple[str, str]] = {
    "eval": (
        """\
Evaluate prediction logs of any size: exact AUC, GAUC, log-loss, calibration and drift.

Reads Parquet, CSV, JSON lines and Arrow files with DuckDB, batch by batch; memory stays bounded. AUC is exact, or
comes with bounds within which the exact value is certain to lie, at most `--tolerance` apart. COL is a column or an
SQL expression.

Exits with 0 if the log was evaluated, 1 if it has rows that cannot be used or changed while it was read, 2 if it could
not be read, 130 after Ctrl-C. Then nothing is written.

- `byhand eval logs/ --label click --score pctr` reads all files of a folder;
- `byhand eval 'logs/*.parquet' --label click --score pctr --group user_id` adds GAUC;
- `byhand eval new.csv --label y --score a --score b` compares two models on the same rows;
- `byhand eval new/ --label y --score s --against old/ --by country --out report.html` adds drift, slices and a page;
- `byhand eval log.csv --label animal --score 'p_*' --multi-class ovr` judges each class against the rest.
""",
        """\
评估任意规模的预测日志：精确的 AUC，以及 GAUC、log-loss、校准和分布漂移。

用 DuckDB 分批读取 Parquet、CSV、JSON lines 和 Arrow 文件，占用的内存有上限。AUC 是精确值；否则会给出上下界，
精确值必定在其间，两者之差不超过 `--tolerance`。COL 可以是列名，也可以是 SQL 表达式。

退出码：评估完成为 0；有不可用的行，或文件在读取时变了，为 1；无法读取为 2；按 Ctrl-C 中断为 130。
除 0 以外，都不会写入任何文件。

- `byhand eval logs/ --label click --score pctr` 读取目录下的全部文件；
- `byhand eval 'logs/*.parquet' --label click --score pctr --group user_id` 加上 GAUC；
- `byhand eval new.csv --label y --score a --score b` 在同样的行上比较两个模型；
- `byhand eval new/ --label y --score s --against old/ --by country --out report.html` 加上漂移、切片和网页报告；
- `byhand eval log.csv --label animal --score 'p_*' --multi-class ovr` 评估每个类别对其余类别。
""",
    ),
    "eval.files": (
        "Parquet, CSV, JSON lines or Arrow files, all alike: names, globs, (partitioned) folders, s3:// addresses.",
        "Parquet、CSV、JSON lines 或 Arrow 文件，格式须一致：文件名、通配符、目录（包括分区目录）或 s3:// 地址。",
    ),
    "eval.label": (
        "What is predicted: 0 and 1, or booleans; other values with --positive or --multi-class.",
        "标签：0 和 1，或布尔值；其他取值要加 --positive 或 --multi-class。",
    ),
    "eval.scores": (
        "The model's score or probability; may be repeated, and further models are compared with the first.",
        "模型给出的分数或概率；可以多次使用，后面的模型都与第一个比较。",
    ),
    "eval.group": (
        "Also compute GAUC: the mean AUC of the groups, such as users, that have both classes.",
        "同时计算 GAUC：先按组（例如用户）计算 AUC，再对两类样本都有的组取平均。",
    ),
    "eval.by": (
        "Also compute AUC for each value of these columns, of at most 1000 values; separated by commas.",
        "同时按这些列的每个取值分别计算 AUC，每列最多 1000 个取值；多列用逗号隔开。",
    ),
    "eval.weight": ("The weight of each row, at least 0.", "每一行的权重，不小于 0。"),
    "eval.against": (
        "A reference log with the same columns, for the change of AUC and the drift of scores; may be repeated.",
        "作为参照的日志，列名相同，用来计算 AUC 的变化和分数的漂移；可以多次使用。",
    ),
    "eval.where": ("An SQL condition; other rows are left out.", "SQL 条件，只保留满足条件的行。"),
    "eval.confidence": ("Confidence of the intervals.", "置信区间的置信度。"),
    "eval.tolerance": (
        "How far the certain bounds of AUC may be apart; 0 reads the files until AUC is exact.",
        "AUC 上下界之差的上限；为 0 时会反复读取文件，直到得出精确值。",
    ),
    "eval.positive": ("The label of the positives; all others are negative.", "正类的标签值，其余都算负类。"),
    "eval.multi_class": (
        "Labels of many classes, with a --score for each class: AUC of each class against the rest (ovr), and also of "
        "each pair (ovo). --score 'p_*' means all columns of such names.",
        "多个类别，每个类别一个 --score：计算每个类别对其余类别的 AUC（ovr），或再加上每两个类别之间的（ovo）。"
        "--score 'p_*' 指所有这样命名的列。",
    ),
    "positive of classes": (
        "`--positive` of `eval` must be left out with `--multi-class`, got {got}.",
        "`eval` 使用 `--multi-class` 时不能再给 `--positive`，收到的是 {got}。",
    ),
    "eval.out": ("Also write the report as an HTML page.", "同时把报告写成网页。"),
    "eval.as_json": ("Print JSON, as docs/eval.md describes it.", "输出 JSON，格式见 docs/eval.md。"),
    "eval.skip_bad": (
        "Skip rows without label or score, with nan, or with a label that is not binary, and count them.",
        "跳过没有标签或分数、分数为 nan、标签不是二值的行，并计数。",
    ),
    "eval.engine": (
        "Who reads: this process (local), or a Ray cluster (ray) on which the files are reachable by the same names.",
        "由谁读取：本进程（local），或 Ray 集群（ray，各节点要能用同样的路径读到这些文件）。",
    ),
    "COL is missing": (
        "`{argument}` of `eval` is missing: {help}",
        "`eval` 缺少选项 `{argument}`：{help}",
    ),
    "fraction": (
        "`{argument}` of `eval` must be {what}, got {got}.",
        "`eval` 的 `{argument}` 必须{what}，收到的是 {got}。",
    ),
    "above 0 and below 1": ("above 0 and below 1", "大于 0 且小于 1"),
    "at least 0 and below 1": ("at least 0 and below 1", "大于等于 0 且小于 1"),
    "0.95 must be": ("a decimal fraction", "小数"),
    "scores": (
        "`--score` of `eval` must be given at most {most} times, got {got}.",
        "`eval` 的 `--score` 最多用 {most} 次，收到的是 {got} 次。",
    ),
    "stopped evaluating": ("stopped; nothing is written.", "已中断，没有写入任何内容。"),
    # progress, by the names of passes in byhand.evaluate.evaluation
    "reading": ("reading", "读取"),
    "pass": ("pass {n}, the open cells", "第 {n} 遍，细化未确定的区间"),
    "by slices": ("slices", "切片"),
    "comparing": ("comparing models", "比较模型"),
    "groups": ("groups", "分组"),
    "drift": ("drift", "漂移"),
    "of rows": ("{done} of {rows} rows", "{rows} 行中的 {done} 行"),
    "so many rows": ("{done} rows", "{done} 行"),
}
