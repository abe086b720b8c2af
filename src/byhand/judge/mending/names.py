"""Roles of names, such as learning rate, β or gradient; and the names that are in scope at a node."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from byhand.judge.model import Definition
from byhand.judge.reading.needs import imported

_ROLES = {
    "LR": "lr alpha eta learningrate learnrate stepsize 学习率 步长 rate lrate α η lr0 lrt etat",
    "BETA1": "beta1 b1 β1 rho1 betaone decay1 betam 贝塔1 贝塔一",
    "MU": "momentum mu beta gamma rho μ momentumcoef 动量系数 动量因子",
    "BETA2": "beta2 b2 β2 rho2 betatwo decay2 betav 贝塔2 贝塔二",
    "EPS": "eps epsilon ε e delta tol 小数 小量 极小数 极小值",
    "WD": "weightdecay wd lam lambda lambd lmbda l2 l2reg reg weightdecayrate 权重衰减 λ decayrate",
    "T": """t step steps iter it iteration iterations timestep globalstep stepcount tstep count time c i k 步数 时间步
        步 第几步""",
    "G": """g gs grad grads gradient gradients dw dws dtheta dthetas dparams dparam dp dx db gt 梯度 df updates gradw
        dweights dbiases dwdata""",
    "M": """m mt ms mw mdw mdb expavg expavgs firstmoment moment1 m1 mom avg ema mlist mu 一阶矩 一阶动量 一阶 动量
        moments1 m0 weightmomentums biasmomentums first""",
    "VEL": """velocity velocities vel buf buffer momentumbuffer momentumbuf u delta 速度 cache vb vn velocityw velocityb
        momentums acc""",
    "V": """v vt vs vw vdw vdb expavgsq expavgsqs secondmoment moment2 m2 s st sdw r rt rms sq vlist nu n 二阶矩
        二阶动量 二阶 平方 second moments2 squares sqr weightcache biascache""",
    "MH": "mhat mh mcorr mhats mcorrected mc m修正 mbar mdwcorr mdbcorr mw mb mean mt",
    "VH": "vhat vh vcorr vhats vcorrected vc v修正 vbar vdwcorr vdbcorr cw cb square vt shat",
    "W": """params param parameters parameter p ps w ws weights weight theta thetas x xs var vars variables b bias
        biases 参数 参数列表 权重 θ value point position pdata data""",
    "P": "p pi px ps prob probs 概率 ytrue target targets t teacher teacherprobs plogits pp a labels label y",
    "Q": "q qi qx qs qprob ypred pred preds student studentprobs qlogits qq b yhat output prob probs p",
    "Y": "y ytrue target targets t label labels ts ys 标签 onehot truth true gt ytruth yt idx ytrueonehot tgt",
    "Z": """logits logit z zs x xs yscore yscores s f yprob
        scores score output outputs pred preds input inputs studentlogits teacherlogits out
        学生 教师 student teacher plogits qlogits""",
    "TAU": "temperature tau 温度 temp T",
    "N": "n m batch batchsize bs num nsamples numsamples total",
    "DOUT": "dout gradoutput gradoutputs grad g dvalues dy upstream gradout 上游 dloss",
}
"""The usual names for each role, the most usual first; in lower case, without underscores."""
ROLES = {role: frozenset(words.split()) for role, words in _ROLES.items()}
FAMILY = {"BETA": ("BETA1", "BETA2", "MU"), "S": ("M", "V", "VEL"), "H": ("MH", "VH")}
FAMILY |= {"NUMBER": (), "NAME": (), "OTHER": ()}
"""Roles that stand for any of several roles; NUMBER, NAME and OTHER (a name too) stand for a kind of node instead."""
MODULES = ("np", "numpy", "torch", "math", "F", "nn", "jnp", "functional", "special", "scipy", "linalg", "xp", "cp")


def is_role(word: str) -> bool:
    """Whether a word of a pattern is a role."""
    return word in ROLES or word in FAMILY


def plays(node: ast.expr, role: str) -> bool:
    """Whether an expression may play a role; only its name counts, not its value."""
    if role == "NUMBER":
        return isinstance(node, ast.Constant) and type(node.value) in (int, float)
    if role in ("NAME", "OTHER"):
        return bool(key(node))
    if role in FAMILY:
        return any(plays(node, one) for one in FAMILY[role])
    word = key(node)
    return word in ROLES[role] or (word == "T" and role == "TAU")


def key(node: ast.expr) -> str:
    """The word that tells a role, normalised: "m" of ``self.m[i]``, "step" of ``state["step"]``; or ""."""
    if isinstance(node, ast.Name):
        return _plain(node.id)
    if isinstance(node, ast.Attribute):
        return _plain(key(node.value) if node.attr in ("data", "values") else node.attr)
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return _plain(node.slice.value)
        return key(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return key(node.func.value)
    return ""


@lru_cache(4096)
def _plain(word: str) -> str:
    return word if word == "T" else word.replace("_", "").lower()


class Scope:
    """The functions of a definition, its tree upwards, and the expressions in scope at each node."""

    def __init__(self, definition: Definition) -> None:
        self.top = definition.node
        self.above: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self.top):
            for child in ast.iter_child_nodes(node):
                self.above[child] = node
        self.functions = [node for node in ast.walk(self.top) if isinstance(node, ast.FunctionDef)]
        self.attributes = sorted(
            {
                node.attr
                for node in ast.walk(self.top)
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "self"
                and isinstance(node.ctx, ast.Store)
            }
        )
        self.imports: set[str] = set()
        self.globals: set[str] = set()
        for statement in definition.statements:
            self.imports |= imported(statement).keys()
            if isinstance(statement, ast.Assign):
                self.globals |= {
                    name.id for one in statement.targets for name in ast.walk(one) if isinstance(name, ast.Name)
                }
            elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
                self.globals.add(statement.name)
        self._names: dict[ast.AST, dict[str, ast.expr]] = {}
        self._never: dict[ast.FunctionDef | None, set[str]] = {}

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The ancestors of a node, innermost first."""
        while node in self.above:
            node = self.above[node]
            yield node

    def function(self, node: ast.AST) -> ast.FunctionDef | None:
        """The innermost function around a node; None if there is none."""
        return next((one for one in self.around(node) if isinstance(one, ast.FunctionDef)), None)

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The statement that a node is, or is part of; None if there is none."""
        return next((one for one in (node, *self.around(node)) if isinstance(one, ast.stmt)), None)

    def names(self, node: ast.AST) -> dict[str, ast.expr]:
        """The expressions in scope at a node, by their text: parameters, variables, attributes, items."""
        function = self.function(node)
        if function is None:
            return {}
        if function not in self._names:
            self._names[function] = self._known(function)
        return self._names[function]

    def _known(self, function: ast.FunctionDef) -> dict[str, ast.expr]:
        functions = [function, *(one for one in self.around(function) if isinstance(one, ast.FunctionDef))]
        local = {arg.arg for one in functions for arg in ast.walk(one.args) if isinstance(arg, ast.arg)} - {"self"}
        inside = [node for one in functions for node in ast.walk(one)]
        local |= {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        words = [*sorted(local)]
        if any(arg.arg == "self" for arg in function.args.args):
            words += [f"self.{name}" for name in self.attributes]
        for node in ast.walk(self.top):
            if isinstance(node, ast.Subscript | ast.Attribute):
                root = ast.unparse(_root(node))
                if root in local or (root == "self" and node in inside):
                    words.append(ast.unparse(node))
        words += self._items(inside)
        return {word: ast.parse(word, mode="eval").body for word in dict.fromkeys(words) if len(word) < 60}

    def _items(self, inside: list[ast.AST]) -> list[str]:
        """The items of dicts of options that are never read: by ``setdefault`` and ``get``, or by torch's groups."""
        found = []
        for node in ast.walk(self.top):
            match node:
                case ast.Call(
                    func=ast.Attribute(ast.Name(name), "setdefault" | "get"), args=[ast.Constant(str(word)), *_]
                ):
                    found.append(f"{name}[{word!r}]")
                case ast.Call(func=ast.Name("dict"), keywords=options):
                    found += [f"{name}[{one.arg!r}]" for name in _groups(inside) for one in options if one.arg]
                case ast.Dict(keys=keys):
                    words = [one.value for one in keys if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                    found += [f"{name}[{word!r}]" for name in _groups(inside) for word in words]
        return found

    def filling(self, role: str, node: ast.AST) -> list[str]:
        """The texts of expressions in scope at a node that may play a role: variables never read, then usual names."""
        found = {word: one for word, one in self.names(node).items() if plays(one, role)}
        usual = [word for one in (role, *FAMILY.get(role, ())) for word in _ROLES.get(one, "").split()]
        places = {word: usual.index(key(one)) if key(one) in usual else len(usual) for word, one in found.items()}
        unread = self._unread(self.function(node))
        return sorted(found, key=lambda word: (word not in unread, places[word], "." in word or "[" in word, len(word)))

    def _unread(self, function: ast.FunctionDef | None) -> set[str]:
        """The variables of a function that are assigned and never read."""
        if function not in self._never:
            names = [node for node in ast.walk(function) if isinstance(node, ast.Name)] if function else []
            read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
            self._never[function] = {node.id for node in names} - read
        return self._never[function]


def _groups(nodes: list[ast.AST]) -> list[str]:
    """The variables of loops over ``param_groups``."""
    loops = (node for node in nodes if isinstance(node, ast.For) and isinstance(node.target, ast.Name))
    return [ast.unparse(loop.target) for loop in loops if ast.unparse(loop.iter).endswith(".param_groups")]


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node


def library(definition: Definition) -> str:
    """The library that the definition computes with: "torch" (F too), "np", "numpy" or "math"; "" if none."""
    text = definition.source
    counts = {name: len(re.findall(rf"\b{name}\.", text)) for name in ("torch", "np", "numpy", "math", "F")}
    best = max(counts, key=lambda name: counts[name])
    if counts[best]:
        return "torch" if best == "F" else best
    names = {name for statement in definition.statements for name in imported(statement)} | definition.left
    found = next((name for name in ("torch", "np", "numpy", "math") if name in names), "")
    if not found and re.search(r"\bdim=|keepdim=|\.(?:log|exp|log_softmax|softmax)\(|\.grad\b", text):
        return "torch"
    return found
