"""The texts of ``--help``. Keys: the name of a command; ``command.parameter``, or ``parameter`` for all commands."""

from __future__ import annotations

from byhand.cli._names import BENCHMARKS, DTYPES, KERNELS


def _listed(names: tuple[str, ...], english: str, chinese: str) -> tuple[str, str]:
    return english.format(", ".join(names)), chinese.format("、".join(names))


HELPS: dict[str, tuple[str, str]] = {
    "byhand": (
        "The basics of deep learning, written by hand. Use ours, or check yours.",
        "手写深度学习的基础：直接用我们的实现，或检查你自己的。",
    ),
    "epilogue": (
        """\
Examples:

- `byhand check notebook.ipynb` finds and names the mistakes in your own versions;
- `byhand practice` has exercises to write by hand, and programs with one mistake to find;
- `byhand show adam` prints the formula and its program;
- `byhand tour --quick` demonstrates ours in a quarter of a minute;
- `byhand --lang zh` prints this in Chinese; each command takes `--lang` too, with or without `--help`;
- `python -m byhand` does the same if the script is not on the path.
""",
        """\
示例：

- `byhand check notebook.ipynb` 检查你自己写的版本，指出错在哪里、是哪种错误；
- `byhand practice` 提供手写练习，以及只有一处错误的找错题；
- `byhand show adam` 打印公式和对应的程序；
- `byhand tour --quick` 用十几秒演示我们的实现；
- `byhand --lang en` 改用英文；每个命令都可以加 `--lang`，也可以与 `--help` 同用；
- `python -m byhand` 与 `byhand` 相同，用于脚本不在 PATH 里的情况。
""",
    ),
    "version": ("Show the version and exit.", "显示版本号并退出。"),
    "help": ("Show this message and exit.", "显示这段帮助并退出。"),
    "lang": (
        "Language of all output, including help and errors; by default that of the locale.",
        "所有输出的语言，包括帮助和报错；默认与系统的 locale 一致。",
    ),
    "install_completion": ("Install tab completion for this shell.", "为当前 shell 安装 Tab 补全。"),
    "show_completion": (
        "Show the tab completion script for this shell, to copy or change it.",
        "显示当前 shell 的 Tab 补全脚本，供复制或修改。",
    ),
    "usage": ("Usage: ", "用法："),
    "options": ("Options", "选项"),
    "arguments": ("Arguments", "参数"),
    "commands": ("Commands", "命令"),
    "[options]": ("[OPTIONS]", "[选项]"),
    "command [args]": ("COMMAND [ARGS]...", "命令 [参数]..."),
    "default": (" By default {default}.", "默认为 {default}。"),
    "check": (
        """\
Judge your own KL, cross-entropy, SGD, momentum, Adam, AdamW and AUC.

Your definitions run in a sandbox: without network, without your files, with limits. Their results are compared with
the formula, and with the formula changed by each known mistake; this identifies the mistake.

Exits with 0 if all is right (with `--strict`, fragile definitions and library calls count as mistakes), 1 for
mistakes, 2 if nothing could be judged; with several files, 1 if any has mistakes.

- `byhand check notebook.ipynb` reads definitions, imports and constants, and never runs a training loop;
- `byhand check my.py --as f=adam` if byhand does not recognise `f`;
- `byhand check my.py --fix` also shows how to make it right, as a diff; `--write` writes it;
- `byhand check homework/ --csv marks.csv --html pages` judges a folder: one table, and one page per file;
- `byhand explain adam/no-bias-correction` explains a mistake.
""",
        """\
检查你手写的 KL 散度、交叉熵、SGD、动量法、Adam、AdamW 和 AUC。

你的定义在隔离环境里运行：不能联网，读不到你的文件，资源也有上限。计算结果先与公式比较，再与按各种已知错误改过的公式比较，
由此认出是哪种错误。

退出码：全部正确为 0（边界情况出错、调用现成的库只作提示，加 `--strict` 才算错）；有错为 1；没有可检查的内容为 2；
多个文件中只要有一个有错就为 1。

- `byhand check notebook.ipynb` 只读取定义、import 和常量，不会运行训练循环；
- `byhand check my.py --as f=adam` 用于看不出 `f` 是什么的情况；
- `byhand check my.py --fix` 还会以 diff 形式给出改法，`--write` 则直接写入文件；
- `byhand check homework/ --csv marks.csv --html pages` 检查整个目录：一张总表，每个文件一页报告；
- `byhand explain adam/no-bias-correction` 查看某种错误的详细说明。
""",
    ),
    "check.files": (
        "Notebooks, Python and Markdown files, and folders of them; - reads standard input.",
        "notebook、Python 或 Markdown 文件，也可以是目录；- 表示标准输入。",
    ),
    "check.seed": (
        "Seed of the inputs, instead of the file's bytes.",
        "输入由 N 生成，而不是由文件内容生成。",
    ),
    "check.csv": ("Also write a table of all definitions to this file.", "同时把所有定义的结果写成 CSV 表格。"),
    "check.jobs": ("How many files are judged at once.", "同时检查多少个文件。"),
    "check.names": (
        "Say which of the seven a definition is; may be repeated.",
        "指明某个定义是七种中的哪一种；可以多次使用。",
    ),
    "check.hint": (
        "0 gives the symptom, 1 also name and place, 2 the formula, 3 the fix.",
        "0 只给现象，1 给出错误名称和位置，2 再给公式，3 再给改法。",
    ),
    "check.full": (
        "Also explain conventions, which are no mistakes, and tell how each definition was called.",
        "同时展开约定（不算错）的说明，并给出每个定义的调用方式。",
    ),
    "check.as_json": ("Print JSON, as docs/check.md describes it.", "输出 JSON，格式见 docs/check.md。"),
    "check.html": (
        "Also write an HTML page to this path; for several files, a folder of pages.",
        "同时把报告写成网页；多个文件时写到一个目录里。",
    ),
    "check.fix": (
        "Print the smallest changes that make wrong definitions right, as a diff.",
        "以 diff 形式给出让错误的定义变正确的最小改动。",
    ),
    "check.write": (
        "With --fix: also write them into the file; the old one is kept as FILE.orig, unless git has it.",
        "与 --fix 同用：同时写入文件；原文件另存为 FILE.orig（git 里已有的除外）。",
    ),
    "check.strict": ("Fragile definitions and library calls count as mistakes.", "边界情况出错、调用现成的库都算错。"),
    "check.trust": (
        "Run the file even if it can't be sealed; remembered until the file changes.",
        "无法隔离也照样运行；会记住这个文件（内容不变时有效）。",
    ),
    "check.definition_seconds": ("Time for each definition.", "每个定义的时限。"),
    "check.file_seconds": ("Time for all definitions of the file.", "整个文件的时限。"),
    "check.watch": (
        "Judge again whenever the file is saved; Ctrl-C ends.",
        "每次保存文件后重新检查，按 Ctrl-C 结束。",
    ),
    "explain": (
        """\
Explain a mistake: what it is, how it changes the numbers, when it is not a mistake, what to write instead.

- `byhand explain no-bias-correction` finds the page by the last part of its name;
- `byhand explain --list adam` lists what can go wrong in Adam.
""",
        """\
说明一种错误：错在哪里，对数值有什么影响，什么时候不算错，应该怎么写。

- `byhand explain no-bias-correction` 只写名字的后半部分也能找到；
- `byhand explain --list adam` 列出 Adam 的常见错误。
""",
    ),
    "explain.mistake": (
        "For example adam/no-bias-correction, or its last part.",
        "例如 adam/no-bias-correction，也可以只写后半部分。",
    ),
    "explain.every": (
        "List all pages; only those of one formula if MISTAKE is a formula.",
        "列出全部错误；MISTAKE 是公式名时只列该公式的。",
    ),
    "show": (
        "Print a formula: its explanation and its program, the reference for everything else.\n\n- `byhand show adam`",
        "打印一个公式：说明和程序，这里的其他一切都以它为准。\n\n- `byhand show adam`",
    ),
    "show.formula": ("For example adam, kl_divergence or roc_auc.", "例如 adam、kl_divergence 或 roc_auc。"),
    "doctor": (
        """\
Try small attacks on this machine, and report which layers hold.

`byhand check` runs a learner's program in a sealed process. Whether it can be sealed depends on the system; this
command tests it, on files and sockets made for the purpose. Exit code 0: sealed; 2: not sealed.

- `byhand doctor` prints a table;
- `byhand doctor --json` prints the same as JSON, for programs.
""",
        """\
在这台机器上做几种小型攻击，看哪些防护有效。

`byhand check` 在隔离的进程里运行学习者的程序，能否隔离取决于系统。这个命令会实际试一遍，用的是专门创建的文件和套接字。
退出码：已隔离为 0，未隔离为 2。

- `byhand doctor` 打印表格；
- `byhand doctor --json` 以 JSON 输出同样的内容，供程序读取。
""",
    ),
    "doctor.as_json": (
        "Print JSON: what was tried, and what stopped it.",
        "输出 JSON：试了哪些攻击，分别被什么拦截。",
    ),
    "tour": (
        """\
Train, distil and evaluate on real data, beside torch and scikit-learn.

Small networks learn handwritten digits and breast cancer, from the same start on the same batches, once with
byhand and once with torch: by SGD, momentum, Adam and AdamW; then a student learns from the AdamW network. You
see their results, the time and the difference between the two, and get a page with the curves. Finally, a
learner's notebook is checked.

Exits with 1 if byhand differs from torch or scikit-learn by more than rounding explains.

- `byhand tour --quick` is a short demonstration;
- `byhand tour --seed 7 --out seven` uses other initial values and another order, and writes its page to `seven`.
""",
        """\
在真实数据上训练、蒸馏、评估，并与 torch 和 scikit-learn 对照。

小型网络学习手写数字和乳腺癌两个数据集，初值和 batch 都相同，用 byhand 和 torch 各训练一遍：优化器为 SGD、动量法、Adam
和 AdamW；然后以 AdamW 训练的网络为 teacher，训练一个 student。你会看到各自的结果、用时和两者的差距，
还会得到一个带曲线的网页。最后检查一个学习者的 notebook。

byhand 与 torch 或 scikit-learn 的差距超出舍入误差能解释的范围时，退出码为 1。

- `byhand tour --quick` 快速演示；
- `byhand tour --seed 7 --out seven` 换一组初值和顺序，网页写在 `seven` 目录里。
""",
    ),
    "tour.quick": (
        "Train less: a quarter of a minute instead of one or two.",
        "少训练一些：十几秒，而不是一两分钟。",
    ),
    "tour.out": ("The folder for report.html; it is created if missing.", "存放 report.html 的目录，没有时自动创建。"),
    "tour.seed": ("The same N gives the same numbers.", "N 相同，结果就相同。"),
    "bench": (
        """\
Time byhand beside torch, scikit-learn and others, in one run.

Prints tables in Markdown; `--out` also writes them, the numbers as JSON, and charts.

- `byhand bench adamw` times the optimizer;
- `byhand bench --quick` tries everything on small sizes.
""",
        """\
在同一次运行里给 byhand、torch、scikit-learn 等计时。

打印 Markdown 表格（表格是英文的）；加 `--out` 时把表格、JSON 数据和图表写入目录。

- `byhand bench adamw` 给这个优化器计时；
- `byhand bench --quick` 用很小的规模把全部项目跑一遍。
""",
    ),
    "bench.names": _listed(BENCHMARKS, "Which: {}; all if none is named.", "要测的项目：{}；不写则测全部。"),
    "bench.quick": ("Small sizes, one or two repeats: only a trial run.", "规模小，只重复一两次，仅供试跑。"),
    "bench.only": ("Only the rows with TEXT in name/row.", "只测 name/row 里含有 TEXT 的行。"),
    "bench.out": (
        "Write benchmarks.json, .md and charts to this folder.",
        "把 benchmarks.json、.md 和图表写入该目录。",
    ),
    "warmup": (
        """\
Compile the CPU kernels, and keep them for later processes.

Without it, each kernel is compiled at its first call, in about a second. Compiled kernels are kept in the package's
folder or, if that can't be written, in the user's cache (`NUMBA_CACHE_DIR` selects another folder).

- `byhand warmup` compiles for float32;
- `byhand warmup adamw cross_entropy` compiles only these two;
- `byhand warmup --dtype float32 --dtype bfloat16` compiles for both dtypes.
""",
        """\
预先编译 CPU kernel，供以后的进程直接使用。

不预编译时，每个 kernel 在第一次调用时编译，约需一秒。编译结果存放在安装目录；该目录不可写时，存放在用户缓存目录
（可用 `NUMBA_CACHE_DIR` 另行指定）。

- `byhand warmup` 编译 float32 版本；
- `byhand warmup adamw cross_entropy` 只编译这两个；
- `byhand warmup --dtype float32 --dtype bfloat16` 编译两种 dtype。
""",
    ),
    "warmup.names": _listed(KERNELS, "The kernels: {}; all if none is named.", "要编译的 kernel：{}；不写则编译全部。"),
    "warmup.dtype": _listed(DTYPES, "One of {}; may be repeated.", "可选 {}；可以多次使用。"),
}
