"""The time of the import, and of the first call of each kernel, in fresh processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial

from benchmarks._row import FLOOR, Call, Options, Row, Seconds, Within

TITLE = "Import and first call"
NOTE = (
    "Fresh processes. A first call includes the import of Numba. *Cold* compiles the kernel; else it is cached on disk."
)

COLD, IMPORT = "byhand, cold", FLOOR + "import and initialisation of Numba"

IMPORTS = {
    "byhand": """
import torch
start = perf_counter()
import byhand
byhand.losses, byhand.optim, byhand.metrics, byhand.formulas, byhand.backend
print(perf_counter() - start)
assert not {"numba", "triton"} & set(sys.modules), "numba or triton is imported"
""",
    "torch": """
start = perf_counter()
import torch
print(perf_counter() - start)
""",
}

NUMBA = """
import gc
import torch
gc.disable()
start = perf_counter()
import numba
from numba.core.runtime import rtsys
rtsys.initialize(numba.core.registry.cpu_target.target_context)
print(perf_counter() - start)
"""

FIRST = """
import torch
import byhand
{prepare}
start = perf_counter()
{call}
print(perf_counter() - start)
"""

STEP = "opt = byhand.optim.{name}; w = torch.ones(9, requires_grad=True); w.grad = torch.ones(9); opt = opt([w]{more})"
KERNELS = {
    "cross_entropy": (
        "x, y = torch.randn(8, 100, requires_grad=True), torch.arange(8); byhand.losses",
        "byhand.losses.cross_entropy(x, y).backward()",
    ),
    "kl_divergence": (
        "p, q = torch.rand(2, 8, 100).softmax(-1); byhand.losses",
        "byhand.losses.kl_divergence(p, q)",
    ),
    "sgd": (STEP.format(name="SGD", more=""), "opt.step()"),
    "momentum": (STEP.format(name="SGD", more=", momentum=0.9"), "opt.step()"),
    "adam": (STEP.format(name="Adam", more=""), "opt.step()"),
    "adamw": (STEP.format(name="AdamW", more=""), "opt.step()"),
    "roc_auc": (
        "y, s = torch.arange(100000) % 2, torch.rand(100000); byhand.metrics",
        "byhand.metrics.roc_auc_score(y, s)",
    ),
}


def ask(script: str, cache: str | None = None) -> Seconds:
    """Run a script in a fresh process; it prints its time in seconds."""
    command = [sys.executable, "-c", "import sys\nfrom time import perf_counter\n" + script]
    env = os.environ | ({"NUMBA_CACHE_DIR": cache} if cache else {})
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # bytecode is cached, as for an installed package
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", timeout=120)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it failed"])[-1])
    return Seconds(done.stdout.split()[-1])


def cold(script: str) -> Call:
    """Run a script with an empty cache of kernels each time."""

    def call() -> Seconds:
        with tempfile.TemporaryDirectory() as cache:
            return ask(script, cache)

    return call


def cached(script: str) -> Call:
    """Run a script with the kernels that an earlier process has cached."""
    cache = tempfile.TemporaryDirectory()
    ask(script, cache.name)
    return lambda: ask(script, cache.name)


def rows(options: Options) -> Sequence[Row]:
    """All rows."""
    imports = {name: (lambda script=script: partial(ask, script)) for name, script in IMPORTS.items()}
    found = [Row("import", "import of byhand after that of torch", tuple, imports, targets=(Within(0.05),))]
    for name, (prepare, call) in KERNELS.items():
        if options.quick and name != "sgd":
            continue
        script = FIRST.format(prepare=prepare, call=call)
        contestants = {
            "byhand": partial(cached, script),
            COLD: partial(cold, script),
        }
        contestants[IMPORT] = lambda: partial(ask, NUMBA)
        targets = (Within(0.15), Within(1.5, COLD))
        found.append(Row(name, f"first call of {name}", tuple, contestants, targets=targets))
    return found
