"""Names in optimizers: which of the four a name means, and what a parameter of that name is for."""

from __future__ import annotations

import re
from itertools import pairwise

from byhand.judge.functions.names import words

HYPER = ("lr", "beta1", "beta2", "eps", "weight_decay", "mu")
"""Roles of hyperparameters; ``betas`` is a parameter that holds two of them."""
STATES = {"sgd": (), "momentum": ("velocity",), "adam": ("m", "v"), "adamw": ("m", "v")}
"""The states of each optimizer, one tensor per parameter."""
NEEDS = {
    "sgd": ("lr",),
    "momentum": ("lr", "mu"),
    "adam": ("lr", "beta1", "beta2", "eps", "weight_decay"),
    "adamw": ("lr", "beta1", "beta2", "eps", "weight_decay"),
}
"""The hyperparameters of each optimizer."""

METHODS = (
    "step",
    "update",
    "update_params",
    "update_parameters",
    "update_weights",
    "update_param",
    "apply",
    "apply_gradients",
    "apply_grads",
    "optimize",
    "optimise",
    "__call__",
    "compute_update",
    "calculate_update",
    "calc_update",
    "get_update",
    "get_updates",
    "compute_step",
    "get_direction",
    "direction",
    "get_gradient",
    "update_one",
    "backward",
    "backward_pass",
    "descend",
    "step_one",
    "update_layer",
    "update_model",
    "minimize",
    "apply_update",
    "更新",
    "更新参数",
)
"""Names of the method that does one step, likely ones first."""
ZERO_GRADS = (
    "zero_grad",
    "zero_grads",
    "zerograd",
    "zero_gradient",
    "zero_gradients",
    "clear_grad",
    "clear_grads",
    "cleargrads",
)
"""Names of the method that clears the gradients."""
OPTIONS = {"nesterov": True, "dampening": 0.3, "amsgrad": True, "maximize": True}
"""Options of torch's optimizers that the formulas do not have, each with a value that has an effect."""
READY = {
    "params": "params",
    "lr": "lr",
    "momentum": "mu",
    "betas": "betas",
    "eps": "eps",
    "weight_decay": "weight_decay",
}
"""Parameters of the constructors in torch.optim, with roles."""

_PARAMS = """params param parameters parameter p ps w ws weights weight theta thetas x xs var vars variables variable
    value values tensors modelparams modelparameters paramsdict paramdict paramlist parametersdict coef wt wgt point
    position 参数 权重 θ pdata thetat pairs namedparams namedparameters namedparam
    weighttensor weightstensor paramtensor"""
_GRADS = """g gs grad grads gradient gradients dw dws dtheta dthetas dparams dparam dp dx gradparams gradsdict graddict
    gradlist gradientsdict gt 梯度 deriv derivative wgrad dweights dweight gradw gradtheta gradp df nabla nablaw
    gradsw gradweights gradsweights weightgrads weightgradients
    gradienttensor gradtensor"""
_FIRST = """m mt ms mw mdw expavg expavgs firstmoment moment1 mom1 m1 mom avg ema mlist mdict momentum 一阶矩 一阶动量
    mprev mold moments1 firstmoments m0 moments moment means mean expavgparams firsts"""
_SECOND = """v vt vs vw vdw expavgsq expavgsqs secondmoment moment2 mom2 m2 s st sdw r rt rms sq vlist vdict 二阶矩
    二阶动量 vprev vold moments2 secondmoments v0 squares sqrs sqr ss sqs square vars variances uncentered seconds"""
_VELOCITY = """v vt vs vw vdw vel vels velocity velocities m mt ms mom buf buffer momentumbuffer momentumbuf bufs u
    delta deltas prev prevupdate lastupdate change vlist vdict 速度 动量 vprev vold vdict update moment moments cache
    acc accum"""
_STEP = """t step steps iter it iteration iterations i k n epoch timestep globalstep numstep stepcount tstep stepnum ts
    步数 时间步 count 第几步 步"""
_LR = "lr alpha eta learningrate learnrate stepsize 学习率 步长 rate lrate α η lr0 a etat lrt initlr baselr initiallr"
_DECAY = "weightdecay wd lam lambda lambd lmbda l2 l2reg reg weightdecayrate 权重衰减 λ decayrate l2lambda"

_ROLES: dict[str, str] = {
    "lr": _LR,
    "betas": "betas β 贝塔",
    "beta1": "beta1 b1 β1 rho1 mu betaone beta1st decay1 betam 贝塔1 贝塔一",
    "beta2": "beta2 b2 β2 rho2 rho betatwo beta2nd decay2 betav 贝塔2 贝塔二",
    "eps": "eps epsilon ε e delta tol epsilon0 smallnumber 小数 小量 极小数 极小值",
    "weight_decay": _DECAY,
    "mu": "momentum mu beta beta1 gamma rho μ momentumcoef momentumrate momentumfactor friction alpha mom m "
    "动量 动量系数 动量因子",
    "params": _PARAMS,
    "grads": _GRADS,
    "m": _FIRST,
    "v": _SECOND,
    "velocity": _VELOCITY,
    "t": _STEP,
    "state": "state states optimstate optstate optimizerstate statedict 状态",
    "config": "config cache hyperparams hparams hps hyper conf cfg optimconfig hyperparameters 超参数",
    "batch": "batchsize bs batch 批量大小",
    "key": "key name paramname layername idx index layerid paramid id",
    "bias": "b bias biases",
    "dbias": "db dbias dbiases gradb gb nablab gradsb gradbias gradbiases gradsbiases biasgrad biasgrads biasgradients",
    "model": "model net network neuralnetwork neuralnet nn mlp module target 模型",
    "layer": "layer 层",
    "layers": "layers layerlist modules modulelist 各层 所有层",
    "pairs": "gradsandvars gradsvars gradvars gradsandparams paramsandgrads varsandgrads weightsandgrads paramgrads",
    "bias m": "mb mdb",
    "bias v": "vb vdb sb sdb",
    "bias velocity": "vb vdb velb velocityb mb bvel bvelocity",
    "gradient of": "gradf gradfn gradfunc gradfunction gradientfn gradientfunc gradientfunction df dfdx fprime fgrad "
    "dfunc grad gradient g gradsfn derivative fderivative df_dx computegrad computegradient getgrad 梯度 梯度函数 导数",
    "objective": """f fn func function objective objectivefn objectivefunc objectivefunction loss lossfn lossfunc
    lossfunction cost costfn costfunction costfunc target 目标函数 函数""",
    "steps": "n niter niters iters iter iterations numiterations numiters numiter maxiter maxiters maxiterations steps "
    "nsteps numsteps maxsteps epochs nepochs numepochs t stepnum maxstep nstep nepoch maxepochs iternum numiteration "
    "niterations numberofiterations iterationcount repeats 迭代次数 步数",
    "delta": "delta deltas d dl update residual error err",
    "tolerance": "tol tolerance threshold precision epsilon eps 容差 阈值",
    "count": "size dim nparams numparams numparameters nweights numweights nfeatures numfeatures",
    "shape": "shape shapes paramshape paramshapes",
}
_WORDS = {role: frozenset(listed.split()) for role, listed in _ROLES.items()}

_LIKE = {
    "grads": re.compile(r"^grad|grads?$|gradients?$|梯度"),
    "params": re.compile(r"params?$|parameters?$|weights?$|参数|权重"),
}

_NUMBER = {
    "sgd": ("lr", "weight_decay", "t", "batch"),
    "momentum": ("lr", "mu", "weight_decay", "t", "batch"),
    "adam": ("lr", "betas", "beta1", "beta2", "eps", "weight_decay", "t", "batch"),
}
_HELD = ("config", "state", "key", "model", "layer", "layers", "pairs", "count", "shape")
_ARRAY = {
    "sgd": ("params", "grads", "bias", "dbias", *_HELD),
    "momentum": ("params", "grads", "velocity", "bias", "dbias", "bias velocity", *_HELD),
    "adam": ("params", "grads", "m", "v", "bias", "dbias", "bias m", "bias v", *_HELD),
}


_FILLERS = {
    "new", "next", "prev", "old", "updated", "my", "self", "cur", "out", "memory", "array", "arr", "vec", "vector",
    "0", "t",
}  # fmt: skip


def plain(name: str) -> str:
    """A name in lower case, without underscores and words such as new or old: "expavg" for new_exp_avg."""
    parts = [part for part in name.lower().split("_") if part]
    kept = [part for part in parts if part not in _FILLERS]
    return "".join(kept or parts)


def roles(task: str, name: str, numeric: bool) -> list[str]:
    """The roles that a parameter may have, likely ones first; ``numeric`` if its default is a number."""
    kind = "adam" if task == "adamw" else task
    order = (*_NUMBER[kind], *_ARRAY[kind]) if numeric else (*_ARRAY[kind], *_NUMBER[kind])
    word = plain(name)
    found = [role for role in order if word in _WORDS[role]]
    if not found and not numeric:
        found = [role for role, pattern in _LIKE.items() if pattern.search(word)]
    if task == "momentum" and not numeric and word in ("momentum", "mom", "m", "beta", "gamma", "alpha", "v"):
        found.sort(key=lambda role: role == "t")
    if task == "adamw" and word == "decay":
        return ["weight_decay"]
    return found


_AVERAGED = re.compile(r"(?i)(^|_)(avg|average|averaged|ema|smoothed?|running)(_|$)")


def averaged(name: str) -> bool:
    """Whether the name of a gradient says that it is already an average: grad_avg."""
    return _AVERAGED.search(name) is not None


def means(role: str, name: str) -> bool:
    """Whether a name is one of the names for a role."""
    return plain(name) in _WORDS[role]


_OTHERS = {
    "nadam", "radam", "adamax", "adagrad", "adadelta", "rmsprop", "lion", "lamb", "lars", "lbfgs", "nag", "nesterov",
    "amsgrad", "adabound", "adabelief", "muon", "shampoo", "rprop", "asgd", "sam", "lookahead",
}  # fmt: skip
_NESTEROV = re.compile(r"n[ae]st[a-z]{0,3}ov[a-z]?|accelerated")
"""With its misspellings: Nestrov, Nestorov."""
_HELPERS = {
    "test", "train", "training", "trainer", "plot", "run", "compare", "init", "initialize", "demo", "fit", "check",
    "evaluate", "main", "make", "create", "build", "get", "show", "draw", "scheduler", "schedule", "classifier",
    "regression", "zero", "clip", "loss", "regressor", "model", "config", "dataset", "net",
    "network", "loop", "experiment", "benchmark",
}  # fmt: skip
_PLAIN = """sgd sgdm msgd adam adamw gd gradient gradients grad grads descent stochastic mini minibatch batch momentum
    heavy ball decoupled decay my our ours mine own student custom with from by for the and of in do run perform apply
    compute params param parameters parameter weights weight layer layers tensor list dict all one single scratch
    numpy np torch pytorch tf python pure manual naive simple basic vanilla plain standard hand handmade tiny toy
    vectorized fast new function functional fn func class impl implementation solution method rule algorithm algo
    version minimize minimise minimizer"""
"""Words that do not change the meaning of a name such as "adam"."""
_SCHEDULED = re.compile("预热|调度|退火|衰减率")
_GENERIC = {
    "optimizer", "optim", "optimiser", "opt", "update", "updates", "updater", "step", "stepper", "optimize", "optimise",
    "优化器", "更新",
}  # fmt: skip


def mentioned(text: str) -> set[str]:
    """The optimizers that a name or a heading mentions; "other" stands for one that is none of the four."""
    lowered = text.lower().replace("adam_w", "adamw").replace("adam w", "adamw")
    tokens = words(text)
    joined = "".join(tokens)
    others = _OTHERS & {*tokens, *(a + b for a, b in pairwise(tokens))} | {*filter(_NESTEROV.fullmatch, tokens)}
    found = set()
    if "adamw" in joined or re.search(r"decoupled|解耦", lowered):
        found.add("adamw")
    elif (any("adam" in token for token in tokens) or "亚当" in text) and not others:
        found.add("adam")
    if re.search(r"moment(um|gd|sgd)|heavy.?ball|动量|sgdm|msgd", lowered):
        found.add("momentum")
    if re.search(r"(?<!a)sgd|gradient.?descent|gradientdescent|梯度下降", lowered) or "gd" in tokens:
        found.add("sgd")
    if others:
        found.add("other")
    return found


def has_no_other_word(name: str) -> bool:
    """Whether a name has no further word that may make it another algorithm."""
    long = {word for word in words(name) if word.isascii() and word.isalpha() and len(word) > 1}
    return long <= {*_PLAIN.split()} | _GENERIC and not _SCHEDULED.search(name)


def is_helper(name: str) -> bool:
    """Whether a name means a function that uses an optimizer, such as train_with_adam or plot_sgd."""
    return bool(_HELPERS.intersection(words(name)))


def is_generic(name: str) -> bool:
    """Whether a name may be that of any optimizer: Optimizer, MyOptimizer, update_step."""
    return bool(_GENERIC.intersection(words(name)))
