"""The texts of ``byhand practice``: help, output and errors."""

from __future__ import annotations

PRACTICE: dict[str, tuple[str, str]] = {
    "practice": (
        """\
Write the seven by hand: exercises, bug hunts, exams.

`byhand practice adam` writes a blank exercise: the formula, the signature, an example, and a place for your code.
`byhand practice --watch` judges it at each save and names your mistakes; `byhand check` on the file counts too.
Progress stays on this machine, in one file (in `BYHAND_HOME`, if that is set).

- `byhand practice --web` has all this on a local page, with an editor;
- `byhand practice --list` shows what is done and what is next;
- `byhand practice adam/l2 --library numpy --notebook` writes a variant, for NumPy, as a notebook;
- `byhand practice --hint 1 adam` gives a hint, `--solution adam` the solution, `--reset adam` a new blank;
- `byhand practice --hunt` hands out a program with one mistake in it, `--hunt adam` one of Adam;
- `byhand practice --exam 7 --minutes 60` draws a paper of exercises and hunts, and marks it at the end.
""",
        """\
手写这七种算法：练习题、找错题和考试。

`byhand practice adam` 写出一道空白练习：公式、函数签名、一个例子，以及写代码的位置。`byhand practice --watch`
在每次保存时检查，并指出错误；用 `byhand check` 检查练习文件同样算数。进度只保存在本机的一个文件里
（设置了 `BYHAND_HOME` 时在该目录下）。

- `byhand practice --web` 把这些放在一个本地网页上，带编辑器；
- `byhand practice --list` 列出已完成的和下一题；
- `byhand practice adam/l2 --library numpy --notebook` 写出一个变体，用 NumPy，格式为 notebook；
- `byhand practice --hint 1 adam` 给提示，`--solution adam` 看答案，`--reset adam` 重新开始；
- `byhand practice --hunt` 给出一个只有一处错误的程序，`--hunt adam` 限定为 Adam；
- `byhand practice --exam 7 --minutes 60` 抽一份由练习和找错题组成的试卷，最后评分。
""",
    ),
    "practice.exercise": (
        "A formula, or one of its variants, as --list shows them: adam, adam/l2, cross_entropy/logits.",
        "公式或它的变体，写法见 --list：adam、adam/l2、cross_entropy/logits。",
    ),
    "practice.web": (
        "Open the exercises as a local page, with an editor; without a browser, print its address.",
        "以本地网页打开练习，带编辑器；没有浏览器时打印网址。",
    ),
    "practice.port": (
        "With --web: the port to listen on; by default 8427, or one that is free.",
        "与 --web 同用：监听的端口；默认为 8427，被占用时换一个空闲的。",
    ),
    "page at": ("The exercises are at {url}", "练习页面：{url}"),
    "page until": ("Only this machine can open it. Ctrl-C ends it.", "只有本机可以打开。按 Ctrl-C 结束。"),
    "no page server": (
        "`--web` of `practice` needs {names}, which are missing here: pip install 'byhand[web]'.",
        "`practice` 的 `--web` 需要 {names}，当前没有安装：pip install 'byhand[web]'。",
    ),
    "port must be": (
        "`--port` of `practice` must be a port that is free, got {got}: {why}.",
        "`practice` 的 `--port` 必须是空闲的端口，得到 {got}：{why}。",
    ),
    "practice.every": ("List the exercises in learning order.", "按学习顺序列出练习。"),
    "practice.watch": (
        "Judge the exercise at each save, on one screen; keys: h hint, n next, l list, q quit.",
        "每次保存时检查，结果占一屏；按键：h 提示，n 下一题，l 列表，q 退出。",
    ),
    "practice.hint": (
        "Print hints: 0 the idea, 1 the formula, 2 the steps, 3 code.",
        "打印提示：0 思路，1 公式，2 步骤，3 代码。",
    ),
    "practice.solution": ("Print a solution.", "打印一份答案。"),
    "practice.reset": (
        "Write the blank exercise again; your file gets a number, and the exercise is open again.",
        "重新写出空白练习；你的文件改名保留，练习恢复为未完成。",
    ),
    "practice.hunt": (
        "Hand out a program with one mistake in it: name the mistake, or mend the program.",
        "给出一个只有一处错误的程序：说出是哪种错误，或者把它改对。",
    ),
    "practice.exam": (
        "Draw a paper of N questions, or go on with the open one.",
        "抽一份 N 道题的试卷；已有未交的试卷时继续作答。",
    ),
    "practice.minutes": ("The time for --exam.", "--exam 的时间，单位为分钟。"),
    "practice.export": ("Write the progress to PATH as JSON.", "把进度以 JSON 格式写到 PATH。"),
    "practice.library": (
        "torch, numpy or python (without any library); by default that of the last exercise, at first torch.",
        "torch、numpy 或 python（不用任何库）；默认与上一题相同，最初为 torch。",
    ),
    "practice.out": (
        "The folder for the file, made if missing; by default this one.",
        "存放文件的目录，没有时自动创建；默认为当前目录。",
    ),
    "practice.as_notebook": ("Write a notebook, not a script.", "写成 notebook，而不是脚本。"),
    "practice.seed": ("The same N draws the same hunt or paper.", "N 相同，抽到的题就相同。"),
    # what is done
    "easy": ("easy", "简单"),
    "medium": ("medium", "中等"),
    "hard": ("hard", "较难"),
    "level and time": ("{level}, {minutes} min", "{level}，{minutes} 分钟"),
    "standing": ("{n} of {total} done; next: {title} ({id}).", "已完成 {n}/{total}；下一题：{title}（{id}）。"),
    "all done": ("All {total} exercises are done.", "{total} 道练习全部完成。"),
    "how to go on": (
        "`byhand practice {id}` writes it, `byhand practice --watch` judges it at each save.",
        "`byhand practice {id}` 写出这道题，`byhand practice --watch` 在每次保存时检查。",
    ),
    "more to do": (
        "`--list` shows all exercises, `--hunt` a program with a mistake in it, `--exam 7` draws a paper.",
        "`--list` 列出全部练习，`--hunt` 给出一个有错的程序，`--exam 7` 抽一份试卷。",
    ),
    "exercise done": ("{id} is done. {standing}", "{id} 已完成。{standing}"),
    "exercise open": ("{id} is not done yet.", "{id} 还没有完成。"),
    "another variant": (
        "Right, but not quite what {id} asks for: read its task again.",
        "结果正确，但与 {id} 的要求不完全相同：请再读一遍题目。",
    ),
    "library does not count": (
        "It calls the library's own: {id} is to be written by hand.",
        "这里调用了现成的库：{id} 需要自己写。",
    ),
    "hunt mended": ("Mended: this hunt is solved.", "已改对：这道找错题完成。"),
    "hunt open": ("The mistake is still there, or there is another one.", "错误还在，或者又有了别的错误。"),
    # files
    "written": ("Written: {path}", "已写入：{path}"),
    "moved": ("Your file is now {path}", "你的文件已改名为 {path}"),
    "write your code": (
        "Write at `# your code`. `byhand practice --watch {id}` judges at each save, `byhand check {path}` once.",
        "在 `# your code` 处写代码。`byhand practice --watch {id}` 在每次保存时检查，`byhand check {path}` 检查一次。",
    ),
    "exported": ("Progress written to {path}", "进度已写入 {path}"),
    "the formula itself": ("`byhand show {formula}` explains the formula.", "公式的说明见 `byhand show {formula}`。"),
    "hint number": ("Hint {n}", "提示 {n}"),
    # watch
    "keys": ("h hint · n next · l list · q quit", "h 提示 · n 下一题 · l 列表 · q 退出"),
    "any key": ("Any key goes back.", "按任意键返回。"),
    # hunts
    "a mistake in it": (
        "One mistake is in this program ({path}). Which?",
        "这个程序（{path}）里有一处错误，是哪一种？",
    ),
    "which of them": ("1-{last}, or Enter to mend the program: ", "输入 1-{last}；直接回车表示要自己改程序："),
    "mend it": (
        "Mend it in the file; `byhand check {path}` says whether it is right.",
        "在文件里把它改对；`byhand check {path}` 会告诉你是否正确。",
    ),
    "named rightly": ("That is it.", "答对了。"),
    "named wrongly": ("No: it is this one.", "不对，是下面这一种。"),
    "read more": ("byhand explain {id}", "更多说明：byhand explain {id}"),
    # exams
    "exam paper": ("{n} questions, {minutes} minutes left:", "共 {n} 题，剩余 {minutes} 分钟："),
    "mend the program": ("Mend the program", "把程序改对"),
    "exam keys": (
        "Write in these files. d hands them in, q leaves the exam open; the clock goes on.",
        "在这些文件里作答。按 d 交卷，按 q 暂时离开，计时不停。",
    ),
    "exam goes on": (
        "The exam is open; `byhand practice --exam 1` goes on with it.",
        "考试尚未结束，用 `byhand practice --exam 1` 继续。",
    ),
    "hand in later": (
        "Write in these files; `byhand practice --exam 1` marks them.",
        "在这些文件里作答；`byhand practice --exam 1` 评分。",
    ),
    "score": ("Score: {score} of {total}", "得分：{score}/{total}"),
    # errors
    "one mode": (
        "`{first}` and `{second}` of `practice` can't be used together.",
        "`practice` 的 `{first}` 和 `{second}` 不能一起用。",
    ),
    "minutes must be": (
        "`--minutes` of `practice` must be above 0 and finite, got {got}.",
        "`practice` 的 `--minutes` 必须是大于 0 的有限数，收到的是 {got}。",
    ),
    "MINUTES must be": ("a number of minutes", "分钟数"),
    "no exercise with": (
        "`EXERCISE` of `practice` must not be given with `{mode}`, got {got}.",
        "`practice` 用 `{mode}` 时不能再写 `EXERCISE`，收到的是 {got}。",
    ),
    "exercise with": (
        "`{mode}` of `practice` needs an exercise, as in `byhand practice {mode} adam`.",
        "`practice` 的 `{mode}` 需要指明练习，例如 `byhand practice {mode} adam`。",
    ),
    "exists already": (
        "{path} exists already, and stays as it is: choose another folder with `--out`, or start again with `--reset`.",
        "{path} 已经存在，不会覆盖：用 `--out` 换一个目录，或用 `--reset` 重新开始。",
    ),
    "not written": ("{path} can't be written: {why}.", "{path} 无法写入：{why}。"),
    "no export": (
        "`--export` of `practice` must be a path to write to, got {got}: {why}.",
        "`practice` 的 `--export` 必须是能写入的路径，收到的是 {got}：{why}。",
    ),
    "no progress": ("the progress in {path} can't be read or written: {why}.", "进度文件 {path} 无法读写：{why}。"),
    "no hunts": ("there are no hunts for {formula} with {library}.", "没有用 {library} 写的 {formula} 找错题。"),
    "questions must be": (
        "`--exam` of `practice` must be a number of questions that can be drawn, got {got}.",
        "`practice` 的 `--exam` 必须是能抽出的题数，收到的是 {got}。",
    ),
}
