"""Texts of the tour's report, except for the prose in ``_tour/english.html`` and ``_tour/chinese.html``."""

from __future__ import annotations

PAGES: dict[str, tuple[str, str]] = {
    "page lang": ("en", "zh-CN"),
    "page prose": ("english.html", "chinese.html"),
    "students": (
        "On {data} the teacher has {many:,} parameters and reaches {teacher:.1%} accuracy; the student has {few:,} and "
        "reaches {student:.1%}.",
        "{data}：teacher 有 {many:,} 个参数，准确率 {teacher:.1%}；student 有 {few:,} 个参数，准确率 {student:.1%}。",
    ),
    "table of runs": (
        "Two rows per run: with byhand, and with torch and scikit-learn.",
        "每次训练两行：一行用 byhand，一行用 torch 和 scikit-learn。",
    ),
    "test loss": ("test loss", "测试 loss"),
    "largest difference": ("largest difference", "最大差距"),
    "bound": ("bound", "上限"),
    "nudged": ("nudged", "扰动"),
    "mistaken": ("mistaken", "出错"),
    "table of differences": (
        "The largest differences of byhand from torch and scikit-learn, the bound, and the two networks that test it.",
        "byhand 与 torch 和 scikit-learn 的最大差距、上限，以及用来确定和检验上限的两个网络。",
    ),
    "step loss": ("any step's loss", "每一步的 loss"),
    "parameter": ("any parameter", "每个参数"),
    "same scores": ("AUC of the same scores", "同一组分数的 AUC"),
    "quantity": ("cross-entropy, nats", "交叉熵（nat）"),
    "quantity of students": ("T² KL(teacher || student), nats", "T² KL(teacher || student)（nat）"),
    "titled students": ("students", "student"),
    "epoch": ("epoch", "epoch"),
    "distance": ("distance from torch", "与 torch 的距离"),
    "fpr": ("false positive rate", "假正率（FPR）"),
    "tpr": ("true positive rate", "真正率（TPR）"),
    "figure of loss": ("Training loss: {title}", "训练 loss：{title}"),
    "figure of roc": ("ROC curve: {title}", "ROC 曲线：{title}"),
    "figure of distance": ("Distance from torch: {title}", "与 torch 的距离：{title}"),
    "fact seed": ("seed", "seed"),
    "fact features": ("features", "特征"),
    "fact training": ("training", "训练设置"),
    "fact versions": ("versions", "版本"),
    "fact backend": ("backend", "backend"),
    "fact python": ("python", "Python"),
    "fact machine": ("machine", "机器"),
    "fact made": ("made", "生成时间"),
    "standardised": (
        "standardised with the mean and the scale of the training samples",
        "用训练样本的均值和标准差做标准化",
    ),
    "epochs and batches": (
        "{epochs} epochs in batches of {batch}, shuffled in each epoch",
        "{epochs} 个 epoch，batch 大小为 {batch}，每个 epoch 重新打乱",
    ),
    "layers": (
        "layers of {teacher}, student {student}, {steps:,} steps",
        "各层大小 {teacher}，student 为 {student}，共 {steps:,} 步",
    ),
    "one core": (
        "{system}, {cores} cores, one of them used",
        "{system}，{cores} 核，只用了其中一个",
    ),
    "when": ("{when}, in {seconds:.0f} seconds", "{when}，用时 {seconds:.0f} 秒"),
}
