"""What ``check``, ``doctor``, ``tour``, ``warmup`` and completion print."""

from __future__ import annotations

OUTPUTS: dict[str, tuple[str, str]] = {
    "waiting": ("Waiting until {file} is saved again; Ctrl-C ends.", "等待 {file} 再次保存，按 Ctrl-C 结束。"),
    "nothing to fix": ("Nothing to fix.", "没有需要改的地方。"),
    "file column": ("file", "文件"),
    "files judged": ("{n} files: {found}", "{n} 个文件：{found}"),
    "files not judged": ("files not judged {n}", "未能检查的文件 {n}"),
    "nothing of the seven": ("none of the seven", "没有这七种"),
    # doctor: attacks by their names in byhand.sandbox.checkup, and layers
    "read_file": ("read a file of yours", "读取你的文件"),
    "write_file": ("write a file", "写入文件"),
    "delete_file": ("delete a file", "删除文件"),
    "read_environment": ("read another process's environment", "读取其他进程的环境变量"),
    "tcp": ("connect by TCP", "建立 TCP 连接"),
    "udp": ("send by UDP", "发送 UDP 数据包"),
    "unix": ("connect to a local socket", "连接本机套接字"),
    "fork": ("make a process", "创建进程"),
    "run_program": ("run a program", "运行其他程序"),
    "signal_judge": ("send a signal to the judge", "向评判进程发送信号"),
    "take_memory": ("take 3 GiB of memory", "占用 3 GiB 内存"),
    "loop": ("loop forever", "无限循环"),
    "flood": ("print forever", "无限输出"),
    "attack": ("attack", "攻击"),
    "outcome": ("outcome", "结果"),
    "by": ("layers that stop it alone", "以下任一层即可单独拦截"),
    "attack stopped": ("stopped", "已拦截"),
    "attack succeeded": ("SUCCEEDED", "未能拦截"),
    "judge": ("the judge", "评判进程"),
    "landlock": ("Landlock", "Landlock"),
    "seccomp": ("seccomp", "seccomp"),
    "namespaces": ("namespaces", "命名空间"),
    "limits": ("limits", "资源限制"),
    "sealed": (
        "Sealed: a learner's program can only compute here.",
        "已隔离：学习者的程序在这里只能做计算。",
    ),
    "open": ("Not sealed: {why}.", "未隔离：{why}。"),
    "attacks succeed": ("some attacks succeed", "部分攻击未被拦截"),
    "honest": ("an honest torch program does not run", "正常的 torch 程序无法运行"),
    "semicolon": ("; ", "；"),
    "comma": (", ", "、"),
    "ways": (
        "Alternatives: a container or a virtual machine (on Windows: WSL2) with Linux 5.13 or newer; or, for programs "
        "that you trust, `byhand check --trust`.",
        "可行的办法：使用 Linux 5.13 或更新内核的容器或虚拟机（Windows 上为 WSL2）；"
        "若你信任该程序，可用 `byhand check --trust`。",
    ),
    "holds": ("Active layers: {layers}", "生效的防护：{layers}"),
    # tour
    "loading": ("Loading torch, scikit-learn and matplotlib ...", "正在加载 torch、scikit-learn 和 matplotlib ..."),
    "runs": (
        "{runs} runs of {epochs} epochs, each with byhand and with torch; Ctrl-C stops.\n",
        "共 {runs} 次训练，每次 {epochs} 个 epoch，用 byhand 和 torch 各训练一遍；按 Ctrl-C 停止。\n",
    ),
    "getting ready": ("getting ready", "准备中"),
    "losses": ("loss {ours:.4f} {theirs:.4f}", "两边的 loss：{ours:.4f} {theirs:.4f}"),
    "run done": (
        "{title:<24}{accuracy:7.2%} right, {distance:>7} from torch{flaw}",
        "{title:<24}准确率 {accuracy:7.2%}，与 torch 相差 {distance:>7}{flaw}",
    ),
    "too far": (": too far", "：相差过大"),
    "blind": (": proves nothing", "：不能说明问题"),
    "run": ("run", "训练"),
    "with": ("with", "用"),
    "loss": ("loss", "loss"),
    "accuracy": ("accuracy", "准确率"),
    "auc": ("AUC", "AUC"),
    "seconds": ("seconds", "秒"),
    "difference": ("difference", "差距"),
    "legend": (
        """\
with torch: the AUC is scikit-learn's.
difference: the largest in any step's loss, any parameter
and the AUC; below it, how much of it rounding may explain.
""",
        """\
torch 一行的 AUC 由 scikit-learn 计算。
差距：每一步的 loss、每个参数和 AUC 中相差最大的一个；
下面一行是舍入误差能解释的上限。
""",
    ),
    "all agree": (
        "All {runs} runs agree with torch and scikit-learn: the largest difference is {largest}, and rounding "
        "explains it.",
        "{runs} 次训练都与 torch 和 scikit-learn 一致：最大差距为 {largest}，在舍入误差的范围内。",
    ),
    "differs": (
        "{title}: differs from torch or scikit-learn by {difference}; rounding explains no more than {bound}.",
        "{title}：与 torch 或 scikit-learn 相差 {difference}，舍入误差最多只能解释 {bound}。",
    ),
    "proves nothing": (
        "{title}: proves nothing; a mistake of {mistaken} is within the bound of {bound}.",
        "{title}：不能说明问题，大小为 {mistaken} 的错误也在上限 {bound} 之内。",
    ),
    "timing": (
        "Training took {ours:.1f} seconds with byhand and {theirs:.1f} with torch.",
        "训练用时：byhand {ours:.1f} 秒，torch {theirs:.1f} 秒。",
    ),
    "report": ("Report: {uri}\n", "报告：{uri}\n"),
    "lesson": (
        "The other half, byhand check, on a learner's notebook ({name})\n",
        "另一半功能 byhand check：检查一个学习者的 notebook（{name}）\n",
    ),
    # warmup: kernels by their keys in byhand.cli.warmup
    "ce few": ("cross-entropy of few classes", "类别较少的交叉熵"),
    "ce many": ("cross-entropy of many classes", "类别较多的交叉熵"),
    "ce soft": ("cross-entropy of probabilities", "target 为概率的交叉熵"),
    "kl probs": ("KL divergence of probs", 'KL 散度（given="probs"）'),
    "kl log_probs": ("KL divergence of log_probs", 'KL 散度（given="log_probs"）'),
    "kl weights": ("KL divergence of weights", 'KL 散度（given="weights"）'),
    "kl logits": ("KL divergence of logits", 'KL 散度（given="logits"）'),
    "kl_div": ("kl_div", "kl_div"),
    "sgd": ("SGD", "SGD"),
    "momentum": ("momentum", "动量法"),
    "adam": ("Adam", "Adam"),
    "adamw": ("AdamW", "AdamW"),
    "auc few": ("ROC AUC of few rows", "样本较少的 ROC AUC"),
    "auc many": ("ROC AUC of many rows", "样本较多的 ROC AUC"),
    "auc rare": ("ROC AUC with a rare class", "类别极不均衡的 ROC AUC"),
    "auc weights": ("ROC AUC with weights", "带权重的 ROC AUC"),
    "evaluation": ("evaluation of logs", "日志评测"),
    "compiled": ("{what} of {dtype}: {seconds:.2f} s", "{what}，{dtype}：{seconds:.2f} 秒"),
    "they are there": ("Compiled in {seconds:.1f} s.", "编译完成，用时 {seconds:.1f} 秒。"),
    "all are there": ("All kernels compiled in {seconds:.1f} s.", "全部 kernel 编译完成，用时 {seconds:.1f} 秒。"),
    # completion
    "installed": (
        "Completion for {shell} is in {path}; it works in new terminals.",
        "{shell} 的补全已写入 {path}，新开终端后生效。",
    ),
}
