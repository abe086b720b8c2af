"""Which of the seven a text is about, by what it names; a relative of theirs, such as RMSProp, is none."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["OTHER", "about", "named_alone", "subject"]

OTHER = "other"
"""A relative of the seven."""
_NAMES = {
    "adamw": r"AdamW|decoupled weight decay|解耦的?权重衰减",
    OTHER: (
        r"RMS ?[- ]?prop|Ada[- ]?Grad|Ada[- ]?delta|AMSGrad|N[- ]?Adam|AdaMax|R[- ]?Adam|Nesterov|\bNAG\b|\bLion\b|\bLAMB\b"
        r"|\bLARS\b|Yogi|AdaBelief|AdaFactor|\bMuon\b|SGDW|Sophia|Newton|牛顿|L-?BFGS|Shampoo|\bSAM\b|\bEMA\b|Polyak averag"
        r"|binary[- ]cross|\bBCE|二元交叉熵|二分类交叉熵|二值交叉熵|focal|Jensen|\bJSD?\b|JS ?散度|R[ée]nyi|perplexity|困惑度|hinge|\bMSE\b|均方误差"
        r"|Wasserstein|\bELBO\b|\bVAE\b|Gini|基尼|precision|recall|accuracy|\bF1\b|PR[- ]?AUC|\bAUPRC\b|GAUC|信息增益|互信息|mutual information"
        r"|conjugate|共轭|proximal|policy gradient|策略梯度|\bPPO\b|L1 ?正则|Lasso|coordinate descent|坐标下降|上升|ascent"
    ),
    "adam": r"\bAdam\b|自适应矩估计|adaptive moment",
    "momentum": r"momentum|动量",
    "sgd": r"\bSGD\b|stochastic gradient descent|gradient descent|梯度下降",
    "kl_divergence": r"\bKLD?\b|D_\{?KL|Kullback|相对熵|relative entropy|KL ?散度|KLDiv",
    "cross_entropy": r"cross[- ]?entropy|交叉熵|\bCE ?loss",
    "roc_auc": r"\bAUC\b|\bROC\b|AUROC",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE if name not in ("adam",) else 0) for name, pattern in _NAMES.items()}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
FILLER = re.compile(
    r"\b(?:implement(?:ing|ation|ations|ed)?|write|written|code|coding|by hand|hand[- ]?written|from scratch|the|a|an|of|in|your|own|my"
    r"|optimi[sz]ers?|loss|losses|function|functions|algorithm|method|exercise|task|question|problem|part|step|section|no|q"
    r"|with|numpy|pytorch|torch|python|todo|metric|score|compute|computing|calculate|calculation|formula|divergence|update rule"
    r"|kullback[- ]leibler|curve|area under the|area under|under|and|for|vanilla|plain|simple|manual(?:ly)?|definition|optimization)\b"
    r"|手撕|手写|手动|手工|从零|实现|代码|公式|编写|写出|优化器|优化|算法|方法|函数|损失|练习|题目|题|任务|计算|指标|散度|曲线|面积|下|的|及|推导|定义|更新规则|第|部分"
    r"|一|二|三|四|五|六|七|八|九|十|用|和|与",
    re.IGNORECASE,
)
_WHOLE = {
    "adam": r"Adam",
    "adamw": r"AdamW",
    "sgd": r"(?:mini-?batch )?SGD|(?:mini-?batch )?(?:stochastic )?gradient descent|(?:小批量)?(?:随机)?梯度下降法?",
    "momentum": r"momentum(?: SGD)?|SGD(?: with| \+|\+)? momentum|动量法?(?: ?SGD)?|带动量(?:的)?(?: ?SGD|随机梯度下降法?)?",
    "kl_divergence": r"KLD?|KL ?散度|相对熵|relative entropy",
    "cross_entropy": r"cross[- ]?entropy|交叉熵|CE|softmax cross[- ]?entropy|softmax 交叉熵",
    "roc_auc": r"(?:ROC[- ]?)?AUC(?:[- ]?ROC)?|AUROC",
}


@lru_cache(500)
def about(text: str) -> frozenset[str]:
    """All that a text names: the seven, and :data:`OTHER`."""
    found = {name for name, pattern in _PATTERNS.items() if pattern.search(text)}
    if "adamw" in found and not re.search(r"\bAdam\b", text):
        found.discard("adam")
    if "momentum" in found and re.search(r"momentum|动量", text, re.IGNORECASE):
        found.discard("sgd")
    return frozenset(found)


def subject(heading: str, between: str, before: str) -> str:
    """What a formula is about: its heading and the text right before it say so; else as the formula before it.

    "" if they say nothing, or several things.
    """
    over, near = about(heading), about(between)
    if len(over) == 1:
        (task,) = over
        if not near or task in near:
            return task if OTHER not in near or task == OTHER else OTHER
    if len(near) == 1:
        return next(iter(near))
    if near:
        return OTHER
    return before or ("" if len(over) != 1 else next(iter(over)))


def spoken(name: str) -> str:
    """A name of code as words: ``my_adam`` and ``MyAdam`` are "my adam"."""
    return _CAMEL.sub(" ", name).replace("Adam W", "AdamW").replace(" adam", " Adam").replace("adam ", "Adam ")


def named_alone(heading: str) -> str:
    """The task that a heading consists of, apart from words such as "implement" and numbers; "" if there is none."""
    plain = re.sub(r"[*_`#]|\d+(?:\.\d+)*[.)、:]?|[()（）【】\[\]:：.，,、\-–—!！?？✍️]", " ", heading)
    for task, pattern in _WHOLE.items():
        rest, count = re.subn(rf"(?<![A-Za-z]){pattern}(?![A-Za-z])", " ", plain, count=1, flags=re.IGNORECASE)
        if count and not FILLER.sub(" ", rest).strip() and len(about(heading) - {task}) == 0:
            return task
    return ""
