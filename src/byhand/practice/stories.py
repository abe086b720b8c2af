"""The formulas' explanations in Chinese, as ``byhand show`` prints them; the English ones are their docstrings."""

from __future__ import annotations

STORIES = {
    "kl_divergence": """\
KL 散度：用为 Q 设计的编码去编码来自 P 的样本，平均多花多少 nat。

    KL(P‖Q) = Σᵢ kl(Pᵢ, Qᵢ)

                  ⎧ p · log(p / q)    p > 0 且 q > 0
    kl(p, q)  =   ⎨ 0                 p = 0              因为 p·log p → 0
                  ⎩ ∞                 p > 0 且 q = 0     P 会发生的事，Q 认为不可能

KL 散度非负，当且仅当 P = Q 时为 0，而且不对称：KL(P‖Q) ≠ KL(Q‖P)。它也是交叉熵比熵多出的部分：
KL(P‖Q) = H(P, Q) − H(P)。

出处：Kullback & Leibler, On Information and Sufficiency, 1951；这里的写法见 Cover & Thomas, Elements of Information
Theory, 2nd ed. 2006, 式 (2.26)。
""",
    "cross_entropy": """\
交叉熵：用 Q 的编码表示来自 P 的样本，平均需要多少 nat。

    H(P, Q) = −Σᵢ Pᵢ · log Qᵢ,      Pᵢ = 0 的项为 0；Pᵢ > 0 而 Qᵢ = 0 时为 ∞
    H(P)    = H(P, P)               P 的熵
    H(P, Q) = H(P) + KL(P‖Q)

分类器给出的是 Q：概率 p，或 logits x（与 log p 相差一个常数）。样本的类别 y 对应在 y 处为 1 的 P。先减去每行的最大值，
exp 就不会溢出：

    −log p_y = log Z − x_y,         log Z = log Σᵢ exp xᵢ = c + log Σᵢ exp(xᵢ − c),   c = maxᵢ xᵢ

二分类只需要一个数：p = σ(x) = 1 / (1 + exp(−x))，

    H(t, p) = −t · log p − (1 − t) · log(1 − p),    −log σ(x) = log(exp 0 + exp(−x)),    1 − σ(x) = σ(−x)

出处：Goodfellow, Bengio & Courville, Deep Learning, 2016, 式 (3.51) 和 6.2.2 节；log-sum-exp 见 Blanchard, Higham &
Higham, Accurately computing the log-sum-exp and softmax functions, 2021, 式 (1.3)。
""",
    "sgd": """\
SGD：沿梯度的反方向走一步。

    θ ← θ − lr · g

g 是这一步所用样本上 loss 的梯度，是全量梯度的有噪声但无偏的估计。因为有噪声，lr 必须逐渐减小，或者一直很小，
θ 才能稳定下来。

出处：Robbins & Monro, A Stochastic Approximation Method, 1951；这里的写法见 Bottou, Curtis & Nocedal, Optimization
Methods for Large-Scale Machine Learning, 2018, 式 (3.7)。
""",
    "momentum": """\
动量法：像滚动的球，而不是每一步都重新选方向。

    v ← μ · v + g             第一步之前 v = 0
    θ ← θ − lr · v

v 是过去各步梯度之和，越早的权重越小：沿着谷底方向，各项符号一致，不断累加，g 不变时趋于 g / (1 − μ)；横跨山谷的方向，
各项正负交替，互相抵消。μ = 0 就是 SGD。

出处：Polyak, Some methods of speeding up the convergence of iteration methods, 1964；Sutskever, Martens, Dahl &
Hinton, On the importance of initialization and momentum in deep learning, 2013, 式 (1) 和 (2)。原文的 lr 在 v 里面；
这里与 PyTorch 一样放在 v 前面，所以 lr 改变时，对整个 v 立即生效。
""",
    "adam": """\
Adam：在动量的基础上，每个参数有自己的步长。

    g ← g + λ · θ                      仅当 λ > 0：L2 正则，衰减项加进梯度
    m ← β₁ · m + (1 − β₁) · g          梯度的均值，第一步之前 m = 0
    v ← β₂ · v + (1 − β₂) · g²         梯度平方的均值，第一步之前 v = 0
    m̂ = m / (1 − β₁ᵗ)                  两个均值都从 0 开始，正好偏小这个倍数：
    v̂ = v / (1 − β₂ᵗ)                  t = 1 时 m = (1 − β₁) · g，于是 m̂ = g
    θ ← θ − lr · m̂ / (√v̂ + ε)

第一步里，不论梯度多大，每个参数都移动大约 lr；如果 g 一直为 0，则是 0 / ε，参数不动。

出处：Kingma & Ba, Adam: A Method for Stochastic Optimization, 2015, Algorithm 1。
""",
    "adamw": """\
AdamW：weight decay 不进入均值的 Adam。

    m ← β₁ · m + (1 − β₁) · g          梯度的均值，第一步之前 m = 0
    v ← β₂ · v + (1 − β₂) · g²         梯度平方的均值，第一步之前 v = 0
    m̂ = m / (1 − β₁ᵗ)
    v̂ = v / (1 − β₂ᵗ)
    θ ← θ − lr · λ · θ                 衰减：每个参数按同样的比例缩小
    θ ← θ − lr · m̂ / (√v̂ + ε)          Adam 的更新

带 L2 正则的 Adam 把 λ · θ 加到 g 上，衰减项也就被 √v̂ 除了：梯度大的参数几乎不衰减。在 AdamW 里，所有参数的衰减都一样。
这里先衰减再更新，但更新量与 θ 无关，所以与论文里写成一行的 θ ← θ − lr · (m̂ / (√v̂ + ε) + λ · θ) 相同。

出处：Loshchilov & Hutter, Decoupled Weight Decay Regularization, 2019, Algorithm 2。原文的衰减是 η · λ · θ，
其中 schedule η 独立于 lr；这里与 PyTorch 一样，用 lr 代替 η。
""",
    "roc_auc": """\
ROC AUC：正样本的分数高于负样本的概率，并列算一半。

    AUC = P(s₊ > s₋) + ½ · P(s₊ = s₋)

把所有分数排序并编号 1, 2, …, n；相同的分数取编号的平均值，即平均秩（mid-rank）。所有正样本的秩之和 R₊，对每个正样本数了
它自己和分数比它低的所有样本。减去正样本与自己、与其他正样本组成的 n₊(n₊ + 1)/2 对，剩下的就是负样本被超过的次数 U：

    U = R₊ − n₊(n₊ + 1) / 2,     AUC = U / (n₊ · n₋)

只有一个类别时没有可比较的样本对，n₊ · n₋ = 0，AUC 为 0 / 0，即 nan。

出处：Mann & Whitney, 1947（U）；Hanley & McNeil, The meaning and use of the area under a ROC curve, 1982（U 与曲线下
面积的关系）；公式为 Hand & Till, A simple generalisation of the area under the ROC curve, 2001, 式 (3)。
""",
}
