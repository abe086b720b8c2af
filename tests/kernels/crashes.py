"""Calls with whatever torch has and users do: a process that dies by a signal is the failure, an error is none.

    python tests/kernels/crashes.py START COUNT

prints each case before it is run, so that the last line of a process that died says which it was.
"""

import contextlib
import functools
import random
import sys
import warnings

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torch.overrides import TorchFunctionMode
from torch.testing._internal.two_tensor import TwoTensor
from torch.utils._python_dispatch import TorchDispatchMode

from byhand import backend, losses, metrics, optim


class Functions(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


class Dispatches(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


class Subclass(torch.Tensor):
    pass


def freed(x):
    x = x.detach().clone()
    x.untyped_storage().resize_(0)
    return x


def of_inference(x):
    with torch.inference_mode():
        return x.clone()


def strided(x):
    return (
        x.new_empty([3 * n + 1 for n in x.shape])
        .copy_(x.new_zeros(()))
        .fill_(1)[tuple([slice(1, 3 * n + 1, 3) for n in x.shape])]
    )


@functools.cache
def offsets(rows, length):  # jagged tensors have the same shape if they share them
    return torch.arange(rows + 1) * length


def quantized(x):
    return torch.quantize_per_tensor(x.float(), 0.1, 0, torch.qint8)


KINDS = {
    "plain": lambda x: x,
    "two": lambda x: TwoTensor(x, x.clone()),
    "subclass": lambda x: x.as_subclass(Subclass),
    "parameter": lambda x: torch.nn.Parameter(x, requires_grad=x.is_floating_point()),
    "fake": lambda x: FakeTensorMode().from_tensor(x),
    "meta": lambda x: x.to("meta"),
        "negated": lambda x: torch._neg_view(x),
    "conjugate": lambda x: torch.complex(x.float(), x.float()).conj(),
    "imaginary": lambda x: torch.complex(x.float(), x.float()).conj().imag,
    "zero": lambda x: torch._efficientzerotensor(x.shape, dtype=x.dtype),
    "sparse": lambda x: x.to_sparse(),
    "rows": lambda x: x.to_sparse_csr(),
    "mkldnn": lambda x: x.to_mkldnn(),
    "quantized": quantized,
    "nested": lambda x: torch.nested.nested_tensor(list(x)),
    "jagged": lambda x: torch.nested.nested_tensor_from_jagged(x.flatten(0, 1), offsets(*x.shape[:2])),
    "freed": freed,
    "of inference": of_inference,
    "copy-on-write": lambda x: torch._lazy_clone(x),
    "expanded": lambda x: x.reshape(-1)[:1].expand(x.shape) if x.numel() else x,
    "transposed": lambda x: x.t().contiguous().t() if x.ndim == 2 else x,
    "strided": strided,
    "empty": lambda x: x[:0] if x.ndim else x,
    "no columns": lambda x: x[..., :0] if x.ndim else x,
    "other rows": lambda x: torch.cat([x, x]) if x.ndim else x.expand(3),
    "one more dimension": lambda x: x.unsqueeze(-1),
    "number": lambda x: x.sum(),
    **{str(dtype)[6:]: lambda x, dtype=dtype: x.to(dtype) for dtype in (
        torch.float64, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.bool, torch.int8, torch.uint8,
        torch.int64, torch.uint64, torch.complex64,
    )},
    "array": lambda x: x.numpy(),
    "list": lambda x: x.tolist(),
    "none": lambda x: None,
}  # fmt: skip

# A functional tensor outlives its transform in a graph alone: of a look at one elsewhere torch itself may die, and of
# freed memory in a graph of its own operations it does.
UPSTREAM = KINDS | {"functional": lambda x: torch._to_functional_tensor(x)}
del UPSTREAM["freed"]

DENSE = [
    "plain",
    "copy-on-write",
    "parameter",
    "negated",
    "expanded",
    "transposed",
    "strided",
    "empty",
    "other rows",
    "float64",
    "bfloat16",
]

MODES = {
    "no mode": contextlib.nullcontext,
    "no_grad": torch.no_grad,
    "inference": torch.inference_mode,
    "fake": lambda: FakeTensorMode(allow_non_fake_inputs=True),
    "functions": Functions,
    "dispatches": Dispatches,
    "default device": lambda: torch.device("meta"),
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "dual": torch.autograd.forward_ad.dual_level,
    "deterministic": lambda: torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: TwoTensor(x, x)),
    "half kept": lambda: torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x[: len(x) // 2]),
}

TRANSFORMS = {
    "grad": lambda f, x: torch.func.grad(lambda x: f(x).sum())(x),
    "vmap": lambda f, x: torch.func.vmap(f)(torch.stack([x, x])),
    "jvp": lambda f, x: torch.func.jvp(f, (x,), (x,)),
    "functionalize": lambda f, x: torch.func.functionalize(f)(x),
    "hessian": lambda f, x: torch.func.hessian(lambda x: f(x).sum())(x) if x.numel() < 999 else f(x),
    "linearize": lambda f, x: torch.func.linearize(f, x)[1](x),
    "make_fx": lambda f, x: make_fx(f)(x)(x),
    "trace": lambda f, x: torch.jit.trace(f, x)(x),
}


def random_logits(rng):
    shape = rng.choice([(6, 5), (6, 5), (1, 1), (64, 300), (3, 40, 4), (5,), (2, 3, 4, 5)])
    return torch.randn(shape)


def a_loss(rng, kinds, own="plain"):
    """A loss of one argument, and that; the others are of any of these kinds, often of its ``own``.

    A call of plain tensors comes before, so that the way of that one is known.
    """
    x = random_logits(rng)
    rows, C = (x.shape[:1] + x.shape[2:], x.shape[1]) if x.ndim > 1 else ((), x.shape[0])
    change = KINDS[rng.choice(["plain"] * 20 + [own] * 10 + kinds)]
    plain = torch.randint(C, rows), torch.rand(x.shape).softmax(-1), torch.rand(C), torch.randn(7, x.shape[-1])
    weighted = rng.random() < 1 / 3
    reduction = rng.choice(["none", "mean", "sum"])
    given = rng.choice(["probs", "log_probs", "logits", "weights"])
    temperature = rng.choice([1.0, 2.0])
    smoothing, z_loss = rng.choice([0.0, 0.1]), rng.choice([0.0, 1e-4])
    loss = rng.choice([
        lambda x, y, t, w, v: losses.cross_entropy(x, y),
        lambda x, y, t, w, v: losses.cross_entropy(
            x, y, w if weighted else None, reduction=reduction, label_smoothing=smoothing, z_loss=z_loss
        ),
        lambda x, y, t, w, v: losses.cross_entropy(
            x, t, w if weighted else None, reduction=reduction, label_smoothing=smoothing
        ),
        lambda x, y, t, w, v: losses.kl_divergence(
            t, x, given=given, temperature=temperature, reduction=reduction
        ),
        lambda x, y, t, w, v: losses.kl_divergence(x, t, given=given, reduction=reduction),
        lambda x, y, t, w, v: losses.kl_div(x, t, reduction=reduction),
        lambda x, y, t, w, v: losses.entropy(x, given=given, reduction=reduction),
        lambda x, y, t, w, v: losses.binary_cross_entropy_with_logits(x, t, reduction=reduction),
        lambda x, y, t, w, v: losses.linear_cross_entropy(x, v, y, reduction=reduction),
    ])  # fmt: skip
    with contextlib.suppress(Exception):
        loss(x, *plain)
    others = [change(one) for one in plain]
    return lambda x: loss(x, *others), x


def loss_case(rng, kind, mode):
    # Of transforms of what is no plain tensor, or under modes, torch itself dies, at once or a few calls later.
    alone = kind in DENSE and mode in ("no mode", "no_grad", "functions", "autocast")
    transform = rng.choice([None, None, None, *TRANSFORMS]) if alone else None
    f, x = a_loss(rng, DENSE if transform else list(KINDS), "plain" if transform else kind)
    upstream = rng.choice([*["plain"] * 3, *UPSTREAM])
    yield f"{transform} {upstream}"
    x = KINDS[kind](x)
    if isinstance(x, torch.Tensor) and (x.is_floating_point() or x.is_complex()) and not x.is_inference():
        x = x.detach().requires_grad_(rng.random() < 0.8)
    with MODES[mode]():
        if transform:
            TRANSFORMS[transform](f, x)
            return
        for _ in range(2):  # the second call takes the way of the first
            loss = f(x)
        if rng.random() < 0.2:
            x.data.mul_(2)
        up = UPSTREAM[upstream](torch.ones(loss.shape, dtype=loss.dtype))
        if rng.random() < 0.3:
            up, batched = torch.ones((3, *loss.shape), dtype=loss.dtype), True
        else:
            batched = False
        if rng.random() < 0.1:
            loss.grad_fn.register_prehook(lambda ups: (UPSTREAM[upstream](ups[0]),))
        torch.autograd.grad(loss, x, up, retain_graph=True, is_grads_batched=batched)
        torch.autograd.grad(loss, x, up, create_graph=True)


def optimizer_case(rng, kind, mode):
    shapes = rng.choice([[(3, 4), (5,)], [(64, 300)], [()], [(0,), (7,)], [(2, 1, 3)] * 8])
    dtype = rng.choice([torch.float32, torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.complex64])
    make, options = rng.choice([
        (optim.SGD, {}), (optim.SGD, {"momentum": 0.9}), (optim.SGD, {"momentum": 0.9, "moments": "bfloat16"}),
        (optim.Adam, {}), (optim.AdamW, {}), (optim.AdamW, {"amsgrad": True}), (optim.Adam, {"moments": "bfloat16"}),
        (optim.Adam, {"capturable": True}), (optim.AdamW, {"capturable": True, "amsgrad": True}),
    ])  # fmt: skip
    where = rng.choice(["parameter", "gradient", "state", "step", "group", "data"])
    after = rng.choice([0, 1, 2])
    yield f"{make.__name__} {options} {where} {dtype} {after} {shapes[0]}"
    params = [torch.randn(shape).to(dtype) for shape in shapes]
    if where == "parameter":
        params = [KINDS[kind](p) for p in params]
    params = [p.detach().requires_grad_() if not p.is_inference() else p for p in params]
    optimizer = make(params, **options)
    with MODES[mode]():
        for i in range(5):
            for p in params:
                p.grad = torch.ones_like(p)
                if where == "gradient" and i >= after:
                    p.grad = KINDS[kind](p.grad)
            if i == after and where in ("state", "step"):
                for p in params:
                    names = [name for name in optimizer.state[p] if (name == "step") == (where == "step")]
                    names = names or ["step" if where == "step" else rng.choice(["momentum_buffer", "exp_avg"])]
                    for name in names:
                        was = optimizer.state[p].get(name, torch.zeros(() if name == "step" else p.shape))
                        optimizer.state[p][name] = KINDS[kind](was)
            if i == after and where == "data" and kind not in ("nested", "jagged"):  # torch can't look at what is left
                for p in params:
                    p.data = KINDS[kind](p.data)
            if i == after and where == "group" and kind != "freed":  # torch can't even print that
                group, key = optimizer.param_groups[0], rng.choice(list(optimizer.param_groups[0])[1:])
                change = KINDS[kind](torch.tensor(0.5))
                group[key] = rng.choice([change, 1, True, None, "bfloat16", (change, change)])
            optimizer.step()


def metric_case(rng, kind, mode):
    n = rng.choice([0, 1, 7, 100, 5000])
    other = rng.choice([*["plain"] * 10, *KINDS])
    yield f"{n} {other}"
    score, true = KINDS[kind](torch.randn(n)), KINDS[other](torch.randint(2, (n,)))
    weight = rng.choice([None, None, KINDS[kind](torch.rand(n))])
    if rng.random() < 0.3:
        score, true = torch.rand(n, 3).softmax(-1), KINDS[kind](torch.randint(3, (n,)))
    with MODES[mode]():
        rng.choice([
            lambda: metrics.roc_auc_score(true, score, sample_weight=weight),
            lambda: metrics.roc_auc_score(true, score, multi_class="ovr"),
            lambda: metrics.roc_curve(true, score, sample_weight=weight),
            lambda: metrics.auc(np.arange(n), score),
        ])()  # fmt: skip


def run(start, count):
    warnings.simplefilter("ignore")
    errors = 0
    for number in range(start, start + count):
        rng = random.Random(number)
        torch.manual_seed(number)
        kind, mode = rng.choice([*["plain"] * 5, *KINDS]), rng.choice([*["no mode"] * 10, *MODES])
        if (kind, mode) == ("fake", "dual"):  # after which torch dies of the next tensor that is zero without memory
            continue
        case = rng.choice([loss_case, loss_case, optimizer_case, optimizer_case, metric_case])(rng, kind, mode)
        engine = rng.choice(["auto", "auto", "formula"])
        try:
            print(number, case.__name__, engine, kind, mode, next(case), flush=True)
            with backend(engine):
                next(case, None)
        except Exception:  # whatever it is, it is told to the caller
            errors += 1
    print(f"{count} cases, {errors} errors, no crash", flush=True)


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]))
