"""The texts of reports in English and Chinese. Those about mistakes are in the pages of ``mistakes``."""

from __future__ import annotations

from byhand.sandbox import outcome

VERDICTS = {
    "right": ("right", "正确"),
    "convention": ("right under another convention", "正确（约定不同）"),
    "library": ("calls the library", "调用了现成的库"),
    "fragile": ("fragile", "边界情况会出错"),
    "mistaken": ("mistaken", "有错"),
    "stopped": ("stopped", "运行失败"),
    "unknown": ("wrong, but not a known mistake", "结果不对，不属于已知错误"),
    "todo": ("not written yet", "还没有写"),
    "blocked": ("can't be run here", "缺少依赖，无法运行"),
    "unrecognised": ("not recognised", "未识别"),
    "not judged": ("not checked", "未检查"),
    "ours": ("not checked: byhand itself failed", "未检查：byhand 自身出错"),
}

LAYERS = {"namespaces": ("namespaces", "命名空间"), "limits": ("limits", "资源限制")}
"""Layers of the sandbox whose names are words."""

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
    "error": ("It raises an exception under every calling convention: {detail}", "所有调用方式都抛出异常：{detail}"),
    "nothing returned": ("It computes a result and does not return it.", "算出了结果，却没有 return。"),
    "too slow": ("It does not finish in time. {detail}", "运行超时。{detail}"),
    "too much memory": ("It needs too much memory. {detail}", "占用内存过多。{detail}"),
    "too much output": ("It prints too much. {detail}", "输出过多。{detail}"),
    "forbidden": (
        "It tried an operation that a check does not allow: {detail}",
        "它执行了检查时不允许的操作：{detail}",
    ),
    "gone": ("Its process ended before it answered. {detail}", "进程在返回结果之前就退出了。{detail}"),
    "ours": ("byhand itself failed here: {detail}", "byhand 自身出错：{detail}"),
    "missing": (
        "It needs something that this file does not have; define it here or remove the dependency: {detail}",
        "它依赖的东西不在这个文件里；请在这里定义，或去掉这个依赖：{detail}",
    ),
    "no way": (
        "By its name or --as it should be {task}, but its parameters fit no known way to call {task}: {detail}",
        "从名字（或 --as）看应该是 {task}，但参数不符合 {task} 的任何已知调用方式：{detail}",
    ),
    "no result": (
        "By its name or --as it should be {task}, but its result can't be interpreted{returned}.",
        "从名字（或 --as）看应该是 {task}，但返回值无法解析{returned}。",
    ),
    "not called": (
        "By its name or --as it should be {task}, but the call failed, perhaps because of byhand's arguments: {detail}",
        "从名字（或 --as）看应该是 {task}，但调用失败，可能是 byhand 选的参数不合适：{detail}",
    ),
    "no time": (
        "Not checked: the {file:g} seconds for one file were used up. --file-seconds allows more.",
        "没有检查：整个文件的 {file:g} 秒已经用完，可用 --file-seconds 延长。",
    ),
    "no answer in time": (
        "No verdict within {definition:g} seconds. --definition-seconds allows more.",
        "{definition:g} 秒内没有得出结论，可用 --definition-seconds 延长。",
    ),
}
"""What stopped a program. The last five: why an unrecognised definition could not be judged as the named task."""

EDGES: dict[str, tuple[str, str]] = {
    "a None gradient": ("a None gradient", "梯度为 None"),
    "a batch of one": ("a batch of one", "batch 里只有一行"),
    "a closure": ("a closure that makes the gradient", "由 closure 计算梯度"),
    "a generator": ("parameters given as a generator", "参数以 generator 传入"),
    "a zero gradient": ("a gradient of zero", "梯度恒为 0"),
    "a large sample": ("a large sample", "样本很多"),
    "a temperature": ("a temperature", "使用温度"),
    "a weight of class 1": ("a weight of class 1", "给类别 1 加权"),
    "after reset": ("a batch after reset", "reset 之后再传入 batch"),
    "amsgrad": ("amsgrad", "amsgrad=True"),
    "all tied": ("all scores tied", "所有分数都相同"),
    "dampening": ("dampening", "使用 dampening"),
    "an incoming gradient": ("an incoming gradient other than 1", "上游梯度不为 1"),
    "another base": ("another base of the logarithm", "换用其他对数底"),
    "class weights": ("class weights", "使用类别权重"),
    "equal distributions": ("equal distributions", "两个分布相同"),
    "equal logits": ("equal logits", "logits 全部相等"),
    "float64 parameters": ("parameters in float64", "参数是 float64"),
    "ignored classes": ("an ignored class", "忽略某个类别"),
    "impossible class": ("a class of probability 0", "真实类别的概率为 0"),
    "impossible event": ("q = 0 where p > 0", "p > 0 而 q = 0"),
    "integer scores": ("integer scores", "分数是整数"),
    "label smoothing": ("label smoothing", "使用标签平滑"),
    "labels −1 and 1": ("labels −1 and 1", "标签是 −1 和 1"),
    "large logits": ("large logits", "logits 很大"),
    "large negative logits": ("large negative logits", "logits 是很大的负数"),
    "maximize": ("maximize", "maximize=True"),
    "momentum 0": ("momentum 0", "动量系数为 0"),
    "nesterov": ("nesterov", "nesterov=True"),
    "no positive": ("no positive sample", "没有正样本"),
    "one class": ("one class only", "只有一个类别"),
    "probability one": ("a probability of 1", "概率为 1"),
    "reduction": ("another reduction", "换用其他 reduction"),
    "sample weights": ("sample weights", "使用样本权重"),
    "a limit on the false positive rate": ("a limit on the false positive rate", "限定假正率上限"),
    "another positive label": ("another positive label", "换用其他正类标签"),
    "scores outside 0 to 1": ("scores outside 0 to 1", "分数不在 0 到 1 之间"),
    "shifted logits": ("logits shifted by a constant", "logits 整体平移"),
    "the learning rate changes": ("the learning rate changes", "学习率中途改变"),
    "ties": ("ties", "分数有并列"),
    "ties, unsorted": ("ties in unsorted scores", "分数有并列且未排序"),
    "tiny probability": ("a tiny probability", "概率极小"),
    "two parameter groups": ("two parameter groups", "有两个参数组"),
    "two batches": ("two batches", "分两个 batch 传入"),
    "very large logits": ("very large logits", "logits 极大"),
    "weight decay": ("weight decay", "使用 weight decay"),
    "weights": ("weights that do not sum to one", "权重之和不为 1"),
    "zero in both": ("zero in p and in q", "p 和 q 同时为 0"),
    "zero probability": ("a zero probability", "某个概率为 0"),
    "zero_grad before the first gradient": ("zero_grad before the first gradient", "还没有梯度就调用 zero_grad"),
}
"""Edges, by the names of their probes."""

NOTES: dict[str, tuple[str, str]] = {
    "no gradient": (
        "Its result is detached from the autograd graph: it can be printed or logged, but not used for training.",
        "返回值不在计算图里：可以拿来打印或记录，但没法用它训练。",
    ),
    "options not checked": (
        "{names} was checked at one value only; other values were not checked.",
        "{names} 只检查了一个取值，其他取值是否正确没有检查。",
    ),
    "past the stop": (
        "All mistakes but the first were found in a copy in which that one is mended.",
        "除第一处外，其余错误是先改好第一处之后再检查出来的。",
    ),
    "stand-in": (
        "{names} can't be imported here; a stand-in that does nothing replaced it.",
        "这里无法导入 {names}；检查时用了不起作用的替代品。",
    ),
    "not imported": (
        "The file does not import {names}; it was checked as if it did.",
        "文件里没有导入 {names}；检查时按已导入处理。",
    ),
    "older name": (
        "{names} is gone from today's Python, NumPy or SciPy; it was checked as in the versions that had it.",
        "新版的 Python、NumPy 或 SciPy 已经没有 {names}；检查时按旧版处理。",
    ),
    "library": (
        "It calls {name}: the result comes from the library, not from a formula written by hand.",
        "这里调用了 {name}：算出结果的是库，不是手写的公式。",
    ),
    "changes its input": (
        "It changes its arguments: the caller's array has other values after the call.",
        "它修改了传入的数据：调用之后，调用方的数组已经变了。",
    ),
    "backward not called": (
        "{name} could not be called, so the gradient was not checked: {error}",
        "无法调用 {name}，所以没有检查梯度：{error}",
    ),
    "backward not written": (
        "{name} is not written yet, so only the loss was checked.",
        "{name} 还没有写，所以只检查了 loss。",
    ),
    "labels 0 and 1 only": (
        "It needs labels 0 and 1: −1 and 1 give a wrong number without an error: {yours} (formula: {formula}).",
        "标签必须是 0 和 1：换成 −1 和 1 时不报错，但结果是错的：{yours}；公式：{formula}。",
    ),
    "pairs of rows": (
        "It computes every pair of rows and keeps the diagonal: right, but memory grows as the square of the batch.",
        "它为每两行都算了一个数，只保留对角线：结果正确，但内存随 batch 的平方增长。",
    ),
    "mean of pairs": (
        "Its values broadcast to a number for every pair of rows. The mean of them is right, but memory grows as the "
        "square of the batch, and a sum, a mask or a weight would be wrong.",
        "它广播成了每两行一个数。平均值是对的，但内存随 batch 的平方增长；换成求和，或乘上 mask、权重，就错了。",
    ),
    "new storage": (
        "It assigns p.data a new tensor: the model sees the step, but a view of the old values does not.",
        "它把 p.data 换成了新的 tensor：model 能看到更新，但指向旧数据的 view 不会变。",
    ),
    "zero_grad of another name": (
        "Its method is called {name}; training loops usually call zero_grad.",
        "方法名是 {name}；常见的训练循环调用的是 zero_grad。",
    ),
    "one part": (
        "Only {part} is wrong; the other one is updated correctly.",
        "只有{part}不对，另一个的更新没有问题。",
    ),
    "column against vector": (
        "Predictions of shape (N, 1) and targets of shape (N,) broadcast to N × N: on one input {yours}, with equal "
        "shapes {formula}. Compare the shapes first, or flatten both.",
        "预测是 (N, 1)、标签是 (N,) 时会广播成 N × N：同样的数据得到 {yours}，形状一致时是 {formula}。先检查形状，或者"
        "把两者都展平。",
    ),
    "needs no_grad": (
        "It works only under torch.no_grad(): called as is, on parameters that require gradients, it raises.",
        "只有放在 torch.no_grad() 里才能运行：直接对 requires_grad 的参数调用会抛异常。",
    ),
}
"""Sentences of notes, with placeholders for their detail."""

CALLING: dict[str, dict[str, str]] = {
    "arguments": {
        "": "参数为{}",
        "0/1 targets": "0/1 标签",
        "−1/1 targets": "−1/1 标签",
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
        "no target": "没有 target",
        "probabilities": "概率",
        "log-probabilities": "log 概率",
        "one-hot or soft targets": "one-hot 或 soft target",
        "one-hot targets": "one-hot target",
        "soft targets": "soft target",
        "labels 0 and 1": "0/1 标签",
        "labels true and false": "布尔标签",
        "labels −1 and 1": "−1/1 标签",
        "labels of two words": "两个词作标签",
        "scores": "分数",
    },
    "input": {
        "": "输入为{}",
        "a batch of columns": "每列一个样本的 batch",
        "a batch of rows": "一个 batch",
        "a batch of sequences": "一批序列",
        "a matrix": "矩阵",
        "a matrix of one row": "只有一行的矩阵",
        "a matrix of one column": "只有一列的矩阵",
        "a number": "一个数",
        "a vector": "向量",
        "one row": "一行",
    },
    "result": {
        "": "返回{}",
        "mean": "平均值",
        "sum": "总和",
        "one number per element": "每个元素的值",
        "one number per sample": "每个样本的值",
        "new values": "新的参数值",
        "a step to add": "要加到参数上的更新量",
        "a step to subtract": "要从参数中减去的更新量",
        "to be multiplied by lr": "还需乘 lr",
        "in place": "=原地更新",
    },
    "arrays": {"": "数组类型为 {}", "lists": "列表", "dicts": "字典", "objects with data": "带 data 的对象"},
    "interface": {
        "": "{}",
        "function": "函数",
        "function that makes the step": "返回更新函数的函数",
        "init and update": "一对函数 init 和 update",
    },
    "numbers": {
        "": "数据为 {}",
        "NumPy arrays": "NumPy 数组",
        "Python lists": "Python 列表",
        "Python numbers": "Python 数字",
        "TensorFlow variables": "TensorFlow Variable",
        "Keras variables": "Keras 变量",
        "objects with data and grad": "带 data 和 grad 的对象",
        "torch parameters": "torch Parameter",
        "torch tensors": "torch tensor",
    },
    "parameters": {
        "": "参数{}",
        "a dict": "放在字典里",
        "a layer": "放在一层里",
        "a list": "放在列表里",
        "a list of layers": "放在若干层里",
        "a model": "放在 model 里",
        "lists of w and of b": "是 w 的列表和 b 的列表",
        "one tensor": "是单个 tensor",
        "w and b": "是 w 和 b",
    },
    "gradients": {"": "梯度{}", "passed as arguments": "由参数传入", "in .grad": "取自 .grad"},
    "first step": {"": "第一步的 t 为 {}"},
    "computes in": {"": "计算精度为 {}"},
}
"""Chinese for calling conventions: for each key the words of its values, and under "" the phrase around them.

A word that begins with "=" is a complete phrase. Words that are not listed stay as they are.
"""

RESULTS: dict[str, tuple[str, str]] = {
    "value": ("value", "返回值"),
    "gradient": ("gradient", "梯度"),
    "parameter {n}": ("parameter {n}", "参数 {n}"),
    "gradient {n} after zero_grad": ("gradient {n} after zero_grad", "zero_grad 之后的梯度 {n}"),
    "shape": ("{what} of shape {shape}", "{what}，形状为 {shape}"),
    "after step": ("after step {step}: {what}", "第 {step} 步后：{what}"),
    "step": ("; step {step}: g = {gradient}", "；第 {step} 步：g = {gradient}"),
    "and": (" and ", " 和 "),
    "from a generator": (", from a generator", "（以 generator 传入）"),
    "many steps": (
        "{n} steps of float64 gradients of sizes 1e-5 to 10, {options}",
        "{n} 步 float64 梯度，大小从 1e-5 到 10，{options}",
    ),
    "different scores": ("{n} different scores", "{n} 个互不相同的分数"),
    "returned": ("it returned {what}", "返回的是：{what}"),
    "of shape": ("a value of shape {shape}", "形状为 {shape} 的值"),
    "counted from 0": (
        "it gives inf or nan if its caller counts the steps from 0",
        "调用方从 0 开始计步时，它会算出 inf 或 nan",
    ),
    "shape of a gradient": (
        "after zero_grad a gradient does not have the shape of its parameter",
        "zero_grad 之后，梯度的形状与参数不同",
    ),
    "calls of the gradient": (
        "it called the gradient function {n} times, not {needed}",
        "它调用了 {n} 次梯度函数，应为 {needed} 次",
    ),
    "first call of the gradient": (
        "its first call of the gradient function was not at the start",
        "它第一次调用梯度函数时，参数不是初始值",
    ),
    "all calls": ("All calls together took more than {seconds} seconds.", "全部调用加起来超过了 {seconds} 秒。"),
}
"""Phrases of inputs and results, and of what stopped a program."""

REASONS: dict[str, tuple[str, str]] = {
    key: (outcome.REASONS[key], chinese)
    for key, chinese in {
        "request time": "{seconds} 秒内没有结束。",
        "processor time": "用完了 {seconds} 秒的 CPU 时间。",
        "printed": "一次调用输出了超过 {kib} KiB。",
        "threads": "同时存在的线程超过 {count} 个。",
        "killed": "进程被 kill：可能是它自己所为，也可能是内存不足。",
        "crashed": "它崩溃了（{name}）。",
        "exit code": "退出码为 {code}。",
        "inputs": "无法再向它传入数据：{error}",
        "announced shape": "返回值的形状与它事先报告的不一致。",
        "channel closed": "它关闭了返回结果的通道。",
        "not an answer": "返回结果的通道里被写入了其他内容：{error}。",
        "no process": "沙箱进程无法启动：{error}。",
        "no start": "沙箱没有启动成功：{why}",
        "no start, printed": "沙箱没有启动成功：{why}它的输出：{printed}",
        "closed": "沙箱已经关闭。",
        "not sealed": "无法隔离：{missing}。{ways}",
        "ways": "请在使用 Linux 5.13 或更新内核的容器或虚拟机（Windows 上为 WSL2）里运行；如果信任这个程序，"
        "也可以加 --trust。`byhand doctor` 会列出这台机器上有哪些防护。",
        "no layer": "这里不能使用 {layer}（{error}）",
        "layer off": "{layer} 已关闭",
        "no system calls": "这里不能使用 {layer}（byhand 不支持 {machine} 的系统调用）",
        "system": "byhand 在 {system} 上无法隔离程序",
        "both": "{first}；{second}",
    }.items()
}
"""Reasons of the sandbox; the English is there."""

PHRASES = {
    "lost": ("; lost with it: {names}", "；一并跳过：{names}"),
    "returned": (" ({detail})", "（{detail}）"),
    "count": ("{n} {what}", "{what} {n} 个"),
    "cell": ("cell {cell}, line {line}", "第 {cell} 个单元格第 {line} 行"),
    "counted cell": ("In [{count}], line {line}", "In [{count}] 第 {line} 行"),
    "text cell": ("text cell {cell}, line {line}", "第 {cell} 个文本单元格第 {line} 行"),
    "line": ("line {line}", "第 {line} 行"),
    "in the text": ("formula in the text", "文中的公式"),
    "one formula": ("1 formula in the text is right.", "文中有 1 个公式正确。"),
    "formulas": ("{n} formulas in the text are right.", "文中有 {n} 个公式正确。"),
    "on": ("Input: {input}", "输入：{input}"),
    "at the edge": ("At the edge “{edge}”: {input}", "边界情况“{edge}”：{input}"),
    "yours": ("yours", "你的"),
    "formula": ("formula", "公式"),
    "mistake": ("mistake", "错误写法"),
    "convention": ("convention", "另一写法"),
    "by convention": ("By convention, not a mistake", "约定不同，不算错"),
    "folded": ("-v explains conventions and how each was called.", "-v 展开约定和调用方式的说明。"),
    "the formula": ("The formula", "公式"),
    "how called": ("How it was called", "调用方式"),
    "why": ("Why it matters", "详细说明"),
    "no mistake": ("{title} (another convention, not a mistake)", "{title}（另一种约定，不算错）"),
    "the formula has": ("The formula has", "公式里写的是"),
    "write instead": ("Write instead", "应该写"),
    "to match": ("To match the formula", "如需与公式一致"),
    "whole page": ("The whole page, with both programs", "完整说明，附对错两段程序"),
    "explain": ("More: byhand explain {id}", "详细说明：byhand explain {id}"),
    "breaks": ("Right on ordinary input; breaks at {edge}.", "一般输入没问题；当{edge}时会出错。"),
    "unknown": (
        "Its results differ from the formula, and match none of the known mistakes.",
        "结果与公式不一致，也不符合任何一种已知错误。",
    ),
    "sealed": ("sealed: {layers}", "隔离运行：{layers}"),
    "nothing run": ("nothing was run", "没有运行任何代码"),
    "trusted": ("not fully sealed, as you asked: {layers}", "按你的要求未完全隔离：{layers}"),
    "unrecognised": (
        "Not checked, since it is not clear which formula they are: {names}. Use --as NAME=TASK, such as "
        "--as {example}; TASK is one of {tasks}.",
        "以下定义未检查（看不出属于哪个公式）：{names}。请用 --as 名字=任务 指定，例如 --as {example}；"
        "任务可以是 {tasks}。",
    ),
    "unrecognised live": (
        "Not checked, since it is not clear which formula they are: {names}. Use names={{NAME: TASK}}, such as "
        "names={{{example}}}; TASK is one of {tasks}.",
        "以下定义未检查（看不出属于哪个公式）：{names}。请用 names={{名字: 任务}} 指定，例如 names={{{example}}}；"
        "任务可以是 {tasks}。",
    ),
    "problem": ("left out, since Python can't read it: {message}", "已跳过，Python 无法解析：{message}"),
    "nothing": (
        "No definition looks like one of the seven: KL divergence, cross-entropy, SGD, momentum, Adam, AdamW, ROC AUC.",
        "没有找到这七种中的任何一种：KL 散度、交叉熵、SGD、动量法、Adam、AdamW、ROC AUC。",
    ),
}


FIXES = {
    "cell": ("cell {cell}", "第 {cell} 个单元格"),
    "none": (
        "{name} ({place}): no small change of its lines was found that makes it right.",
        "{name}（{place}）：没有找到只改几处就能让它正确的改法。",
    ),
    "late": (
        "{name} ({place}): no change that makes it right was found in the time for the search, {seconds:g} seconds.",
        "{name}（{place}）：在限定的 {seconds:g} 秒内没有找到能让它正确的改法。",
    ),
    "left": (
        "{name} ({place}): not right yet after these changes.",
        "{name}（{place}）：按上面改过之后仍不完全正确。",
    ),
}
"""About changes that make definitions right."""

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
    "print": (
        "Python 2's print statement; it was read as Python 3's print(…)",
        "这是 Python 2 的 print 语句；已按 Python 3 的 print(…) 读取",
    ),
    "tabs": (
        "tabs and spaces are mixed; a tab was read as 8 columns",
        "缩进混用了 tab 和空格；已按一个 tab 等于 8 列读取",
    ),
    "empty block": (
        "nothing follows the colon; it was read with pass",
        "冒号后面没有内容；已按 pass 读取",
    ),
    "finally": (
        "left out, since finally blocks are nested too deeply, or try is left from too many places",
        "已跳过：finally 里的代码嵌套太深，或者提前离开 try 的地方太多",
    ),
}
"""Why a cell or a statement is left out although Python would accept it, or how it was repaired."""
