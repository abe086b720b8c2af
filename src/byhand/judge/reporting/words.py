"""The short words of reports, in English and Chinese: edges, notes, verdicts. Mistakes have their pages."""

from __future__ import annotations

import os

LANGUAGES = ("en", "zh")

VERDICTS = {
    "right": ("right", "正确"),
    "convention": ("right under another convention", "正确（约定不同）"),
    "fragile": ("fragile", "经不起边界情况"),
    "mistaken": ("mistaken", "有错"),
    "stopped": ("stopped", "跑不下去"),
    "unknown": ("wrong in a way I do not know", "结果不对，认不出是哪种错"),
    "blocked": ("can't be run here", "缺少依赖，无法运行"),
    "unrecognised": ("not recognised", "没认出来"),
    "not judged": ("not judged", "没能判定"),
    "ours": ("not judged, our own fault", "没能判定（责任在我们）"),
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
    "missing": (
        "It needs something that is not in this file; put its definition there, or do without it:",
        "它依赖的东西不在这个文件里；请把相应的定义放进来，或去掉这个依赖：",
    ),
    "no way": (
        "By its name or your word it is {task}, but I can't call it as one: its parameters are not such as I know.",
        "按名字或你的说明，它是 {task}，但我没法这样调用它：参数不是我认识的形式。",
    ),
    "no result": (
        "By its name or your word it is {task}, but I can't read it as one: what it gives is not such as I know.",
        "按名字或你的说明，它是 {task}，但我读不出结果：返回的东西不是我认识的形式。",
    ),
    "not called": (
        "By its name or your word it is {task}, but I can't call it as one (this may be my call, no mistake of yours):",
        "按名字或你的说明，它是 {task}，但我没能这样调用它（可能是我的调用方式不对，不算你的错）：",
    ),
    "no time": (
        "It was not looked at: the {file:g} seconds for one file were used up before. --file-seconds gives it more.",
        "没有检查：整个文件的 {file:g} 秒时间在此之前已经用完。可用 --file-seconds 延长。",
    ),
    "no answer in time": (
        "I did not find out what it is in {definition:g} seconds. --definition-seconds gives it more.",
        "{definition:g} 秒内没有得出结论。可用 --definition-seconds 延长。",
    ),
}
"""What stopped a program; the last five, why one that is not recognised can't be judged as what it is said to be."""

EDGES: dict[str, tuple[str, str]] = {
    "a None gradient": ("a None gradient", "梯度为 None"),
    "a batch of one": ("a batch of one", "batch 里只有一行"),
    "a closure": ("a closure that makes the gradient", "由 closure 算梯度"),
    "a generator": ("parameters given as a generator", "参数以 generator 传入"),
    "a zero gradient": ("a gradient of zero", "梯度恒为 0"),
    "a large sample": ("a large sample", "样本很多"),
    "a temperature": ("a temperature", "带温度"),
    "a weight of class 1": ("a weight of class 1", "类别 1 带权重"),
    "after reset": ("a batch after reset", "reset 之后的 batch"),
    "amsgrad": ("amsgrad", "amsgrad"),
    "all tied": ("all scores tied", "所有分数都相同"),
    "dampening": ("dampening", "dampening"),
    "an incoming gradient": ("an incoming gradient other than 1", "上游梯度不为 1"),
    "another base": ("another base of the logarithm", "换一个对数底"),
    "class weights": ("class weights", "类别权重"),
    "equal distributions": ("equal distributions", "两个分布相同"),
    "equal logits": ("equal logits", "logits 全相等"),
    "float64 parameters": ("parameters in float64", "参数是 float64"),
    "ignored classes": ("an ignored class", "忽略某个类别"),
    "impossible class": ("a class of probability 0", "类别的概率为 0"),
    "impossible event": ("q = 0 where p > 0", "p > 0 处 q = 0"),
    "integer scores": ("integer scores", "分数是整数"),
    "label smoothing": ("label smoothing", "标签平滑"),
    "labels −1 and 1": ("labels −1 and 1", "标签是 −1 和 1"),
    "large logits": ("large logits", "logits 很大"),
    "large negative logits": ("large negative logits", "logits 是很大的负数"),
    "maximize": ("maximize", "maximize"),
    "momentum 0": ("momentum 0", "动量系数为 0"),
    "nesterov": ("nesterov", "nesterov"),
    "no positive": ("no positive sample", "没有正样本"),
    "one class": ("one class only", "只有一个类别"),
    "probability one": ("a probability of 1", "概率为 1"),
    "reduction": ("another reduction", "换一种 reduction"),
    "scores outside 0 to 1": ("scores outside 0 to 1", "分数不在 0 到 1 之间"),
    "shifted logits": ("logits shifted by a constant", "logits 整体平移"),
    "the learning rate changes": ("the learning rate changes", "学习率中途改变"),
    "ties": ("ties", "分数有并列"),
    "ties, unsorted": ("ties in unsorted scores", "分数有并列且未排序"),
    "tiny probability": ("a tiny probability", "概率极小"),
    "two parameter groups": ("two parameter groups", "两个参数组"),
    "two batches": ("two batches", "分两个 batch 喂入"),
    "very large logits": ("very large logits", "logits 极大"),
    "weight decay": ("weight decay", "带 weight decay"),
    "weights": ("weights that do not sum to one", "权重之和不为 1"),
    "zero in both": ("zero in p and in q", "p 和 q 同时为 0"),
    "zero probability": ("a zero probability", "概率为 0"),
    "zero_grad before the first gradient": ("zero_grad before the first gradient", "还没有梯度就调用 zero_grad"),
}
"""Edges by the names that tasks give their probes."""

NOTES: dict[str, tuple[str, str]] = {
    "library": (
        "It calls {name}: the numbers are the library's, not those of a formula written by hand.",
        "这里调用了 {name}：算出结果的是库，不是手写的公式。",
    ),
    "changes its input": (
        "It changes what it is given: the caller's array is another one afterwards.",
        "它改动了传进来的数据：调用之后，调用方手里的数组已经变了。",
    ),
    "backward not called": (
        "I could not call {name}, so the gradient was not checked: {error}",
        "没能调用 {name}，所以没有检查梯度：{error}",
    ),
    "backward not written": (
        "{name} is not written yet, so only the loss was checked.",
        "{name} 还没有写，所以只检查了 loss。",
    ),
    "no gradient": (
        "What it gives is cut off from the autograd graph: it can be reported, but nothing can be trained with it.",
        "返回值不在计算图里：可以拿来打印或记录，但没法用它训练。",
    ),
    "options not checked": (
        "Of {names} only one value was checked: what others do is not known.",
        "{names} 只检查了一个取值，换成其他值结果对不对并不清楚。",
    ),
    "labels 0 and 1 only": (
        "It needs labels 0 and 1: with −1 and 1 it gives {yours} without a word, where the formula gives {formula}.",
        "标签必须是 0 和 1：换成 −1 和 1 时不会报错，但{yours}，而公式得到的{formula}。",
    ),
    "pairs of rows": (
        "It makes a number for each pair of rows and takes one a row: right, but memory grows as the batch squared.",
        "它先算出每两行之间的数，再取每行自己的那一个：结果正确，但内存随 batch 的平方增长。",
    ),
    "new storage": (
        "It gives the parameters new storage, p.data = …: a model sees the step, a view of the old numbers does not.",
        "它给参数换了一块新的存储（p.data = …）：model 能看到更新，但指向旧存储的 view 不会跟着变。",
    ),
    "zero_grad of another name": (
        "Its method is called {name}; the usual training loop calls zero_grad.",
        "方法名是 {name}；常见的训练循环调用的是 zero_grad。",
    ),
    "one part": (
        "Only {part} goes wrong; the other one moves as it should.",
        "只有“{part}”不对，另一个的更新没有问题。",
    ),
    "needs no_grad": (
        "It works only under torch.no_grad(): called as is, on parameters that require gradients, it raises.",
        "只有放在 torch.no_grad() 里才能运行：直接对 requires_grad 的参数调用会抛异常。",
    ),
}
"""Sentences of notes, filled with their detail."""

CALLING: dict[str, str] = {
    "arguments": "参数",
    "input": "输入",
    "result": "返回值",
    "arrays": "数组",
    "interface": "接口",
    "numbers": "数据",
    "parameters": "待更新的参数",
    "gradients": "梯度",
    "first step": "第一步的 t",
    "computes in": "计算精度",
    "0/1 targets": "0/1 标签",
    "−1/1 targets": "−1/1 标签",
    "a batch of sequences": "一批序列",
    "probabilities of class 1": "类别 1 的概率",
    "probabilities P of class 1": "类别 1 的概率 P",
    "probabilities Q of class 1": "类别 1 的概率 Q",
    "probabilities P": "概率 P",
    "probabilities Q": "概率 Q",
    "log-probabilities P": "log 概率 P",
    "log-probabilities Q": "log 概率 Q",
    "logits of P": "P 的 logits",
    "logits of Q": "Q 的 logits",
    "logits of class 1": "类别 1 的 logit",
    "class indices": "类别下标",
    "probabilities": "概率",
    "log-probabilities": "log 概率",
    "one-hot or soft targets": "one-hot 或 soft target",
    "one-hot targets": "one-hot target",
    "labels 0 and 1": "0/1 标签",
    "labels true and false": "布尔标签",
    "labels −1 and 1": "−1/1 标签",
    "scores": "分数",
    "a batch of rows": "一个 batch",
    "a matrix": "矩阵",
    "a matrix of one row": "只有一行的矩阵",
    "a matrix of one column": "只有一列的矩阵",
    "a number": "一个数",
    "a vector": "向量",
    "one row": "一行",
    "a step to add": "要加上的更新量",
    "a step to subtract": "要减去的更新量",
    "times lr": "还需乘 lr",
    "in place": "原地更新",
    "mean": "平均值",
    "sum": "总和",
    "new values": "新的值",
    "one number an element": "每个元素一个数",
    "one number each": "每个样本一个数",
    "one number a row": "每行一个数",
    "lists": "列表",
    "class with __call__": "类，用 __call__ 更新",
    "class with step": "类，用 step 更新",
    "class with update": "类，用 update 更新",
    "class with update_params": "类，用 update_params 更新",
    "class with update_one": "类，用 update_one 更新",
    "class with apply_gradients": "类，用 apply_gradients 更新",
    "function": "函数",
    "function that makes the step": "返回更新步骤的函数",
    "init and update": "一对函数 init 和 update",
    "NumPy arrays": "NumPy 数组",
    "Python lists": "Python 列表",
    "Python numbers": "Python 数字",
    "objects with data and grad": "带 data 和 grad 的对象",
    "torch parameters": "torch Parameter",
    "torch tensors": "torch tensor",
    "a dict": "字典",
    "a layer": "一层",
    "a list": "列表",
    "one tensor": "单个 tensor",
    "w and b": "w 和 b",
    "handed over": "作为参数传入",
    "in .grad": "在 .grad 里",
}
"""Chinese for the words in which conventions are described; what is not here stays as it is."""

PHRASES = {
    "count": ("{n} {what}", "{n} 个{what}"),
    "cell": ("cell {cell}, line {line}", "第 {cell} 个单元格第 {line} 行"),
    "line": ("line {line}", "第 {line} 行"),
    "on": ("On {input}", "输入 {input}"),
    "at the edge": ("At the edge “{edge}”: {input}", "边界情况“{edge}”：{input}"),
    "yours": ("yours", "你的"),
    "formula": ("formula", "公式"),
    "mistake": ("mistake", "错误写法"),
    "convention": ("convention", "另一写法"),
    "no mistake": ("{title} (another convention, no mistake)", "{title}（另一种约定，不算错）"),
    "the formula has": ("The formula has", "公式里写的是"),
    "write instead": ("Write instead", "应该写"),
    "to match": ("To match the formula", "想和公式一致"),
    "explain": ("More: byhand explain {id}", "详细说明：byhand explain {id}"),
    "breaks": ("Right on ordinary input; breaks at {edge}.", "普通输入没有问题；遇到{edge}就会出错。"),
    "unknown": (
        "It differs from the formula, and from every mistake in the clinic.",
        "结果和公式不一致，和已知的各种错法也都对不上。",
    ),
    "sealed": ("sealed: {layers}", "隔离运行：{layers}"),
    "nothing run": ("nothing was run", "什么都没有运行"),
    "trusted": ("not sealed, at your word: {layers}", "按你的要求未完全隔离：{layers}"),
    "unrecognised": (
        "Not judged, since not recognised as one of the seven: {names}. If one is, say so: {how}.",
        "没有判定（认不出属于七种中的哪一种）：{names}。如果其中有，请注明：{how}。",
    ),
    "problem": ("left out, since it is not Python: {message}", "不是合法的 Python，已跳过：{message}"),
    "nothing": (
        "I found no definition that looks like one of the seven: KL divergence, cross-entropy, SGD, momentum, Adam, "
        "AdamW, ROC AUC.",
        "没有找到属于这七种的定义：KL 散度、交叉熵、SGD、动量法、Adam、AdamW、ROC AUC。",
    ),
}


PROBLEMS = {
    "long cell": (
        "left out, since a cell must have at most 100,000 bytes of code",
        "已跳过：一个代码单元格最多 100,000 字节",
    ),
    "long definition": (
        "left out, since a definition must have at most 2,000 lines, 100,000 bytes and 1,000 functions in it",
        "已跳过：一个定义最多 2,000 行、100,000 字节，内部最多 1,000 个函数",
    ),
    "deep": (
        "left out, since a statement must be nested at most 100 deep, long sums and chains of elif included",
        "已跳过：一条语句最多嵌套 100 层，很长的加法和 elif 链也算在内",
    ),
    "digits": (
        "left out, since an integer must have at most 4,200 digits",
        "已跳过：一个整数最多 4,200 位",
    ),
    "finally": (
        "left out, since too much stands under finally within finally, or is left from too many places",
        "已跳过：finally 里的代码嵌套太深，或者提前离开 try 的地方太多",
    ),
}
"""Why a cell or a statement is left out, where Python itself would go on."""


def problem(message: str, lang: str) -> str:
    """Why something is left out: a key of :data:`PROBLEMS`, or what Python says."""
    return say(PROBLEMS, message, lang) if message in PROBLEMS else say(PHRASES, "problem", lang, message=message)


def say(table: dict[str, tuple[str, str]], key: str, lang: str, **fill: object) -> str:
    """The entry of ``key`` in "en" or "zh", filled; the key itself where there is no entry."""
    text = table.get(key, (key, key))[LANGUAGES.index(lang)]
    return text.format(**fill) if fill else text


def colon(lang: str) -> str:
    """Between a label and what it labels."""
    return "：" if lang == "zh" else ": "


def comma(lang: str) -> str:
    """Between two parts of a line."""
    return "，" if lang == "zh" else ", "


def calling(convention: dict[str, str], lang: str) -> str:
    """A calling convention in one line."""
    if lang == "zh":
        parts = ((CALLING.get(key, key), value.split(", ")) for key, value in convention.items())
        return "；".join(f"{key}：{'、'.join(CALLING.get(word, word) for word in words)}" for key, words in parts)
    return "; ".join(f"{key}: {value}" for key, value in convention.items())


def language(wanted: str | None = None) -> str:
    """The wanted language, or that of the locale: "zh" if it is Chinese, else "en"."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return wanted or ("zh" if locale.lower().startswith("zh") else "en")
