"""Threads for compiled code: each piece once, by torch's own threads; several callers, forks, the interpreter's end."""

import ctypes
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from numba.core.caching import NullCache

from byhand import backend, losses, optim
from byhand.kernels.numba.runtime import openmp as _openmp
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import slice_at
from byhand.kernels.numba.runtime.openmp import parallel_for, run_in_threads

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="OpenMP goes by other names there")

myself = ctypes.CDLL(None).pthread_self
myself.restype, myself.argtypes = ctypes.c_uint64, []


pytestmark = pytest.mark.usefixtures("two_threads")


@jit()
def mark(times, who, scratch_at, start, stop):
    scratch = slice_at(scratch_at, 0, 5, np.int64(0))
    for i in range(start, stop):
        times[i] += 1
        who[i] = myself()
        scratch[:] = i  # what others would see, if it were theirs too
        for x in scratch:
            if x != i:
                times[i] = -1


@kernel()
def share_mark(arguments, scratch, start, stop, openmp):
    parallel_for(mark, arguments, scratch, start, stop, openmp)


@jit()
def add(times, _, start, stop):
    for i in range(start, stop):
        times[i] += 1


@kernel()
def share_add(arguments, scratch, start, stop, openmp):
    parallel_for(add, arguments, scratch, start, stop, openmp)


for compiled in (mark, share_mark):
    compiled._cache = NullCache()  # the address of `myself` is in their code


def marked(n, grain=1):
    times, who = np.zeros(n, np.int64), np.zeros(n, np.uint64)
    run_in_threads(share_mark, (times, who), n, grain, 5 * 8)
    return times, who


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_every_piece_is_done_once(count):
    torch.set_num_threads(count)
    for n in (0, 1, 2, 3, 13, 14, 15, 16, 17, 100, 1009, 65536):
        times, _ = marked(n)
        assert (times == 1).all(), n
        run_in_threads(share_add, (times,), n, 1)
        assert (times == 2).all(), n


@LINUX
def test_both_threads_work():
    """The second may come too late for some calls, where others keep its core busy; not for all."""
    assert _openmp._functions() is not None
    until = time.monotonic() + 60
    while len(set(marked(1 << 20)[1].tolist())) < 2:
        assert time.monotonic() < until


def test_small_work_stays_on_the_calling_thread():
    _, who = marked(1000, grain=501)
    assert set(who) == {myself()}


@pytest.mark.parametrize("missing", [True, False])
def test_without_openmp_python_has_threads(monkeypatch, missing):
    if missing:
        monkeypatch.setattr(_openmp, "_functions", lambda: None)
    else:
        monkeypatch.setattr(_openmp, "forked", lambda: True)
    times, _ = marked(1009)
    assert (times == 1).all()


def loss_and_gradient(seed):
    """Large enough for a team."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(300, 900, generator=generator, requires_grad=True)
    y = torch.randint(900, (300,), generator=generator)
    with backend("numba"):
        loss = losses.cross_entropy(x, y)
    loss.backward()
    return torch.cat([loss.detach().reshape(1), x.grad.flatten()])


def stepped(seed):
    """As large."""
    generator = torch.Generator().manual_seed(seed)
    params = [torch.randn(300, 400, generator=generator, requires_grad=True) for _ in range(3)]
    opt = optim.AdamW(params, lr=0.1)
    with backend("numba"):
        for _ in range(3):
            for p in params:
                p.grad = torch.randn(p.shape, generator=generator)
            opt.step()
    return torch.cat([p.detach().flatten() for p in params])


@pytest.mark.parametrize("work", [loss_and_gradient, stepped])
def test_several_callers_and_any_number_of_threads_give_the_same_bits(work):
    two = [work(seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as callers:
        for _ in range(3):
            assert all(torch.equal(a, b) for a, b in zip(callers.map(work, range(6)), two, strict=True))
    for count in (1, 3, 5):
        torch.set_num_threads(count)
        assert torch.equal(work(0), two[0])


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


WORK = """
import atexit, os, threading, torch
from byhand import backend, losses
torch.set_num_threads(2)
x, y = torch.zeros(300, 900), torch.zeros(300, dtype=torch.long)
def work():
    with backend("numba"):
        print(round(losses.cross_entropy(x, y).item(), 4), flush=True)
work()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_child_does_not_wait_for_the_team_of_its_parent():
    code = """
x.add_(0)  # torch's own threads have worked
child = os.fork()
if not child:
    work()
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
work()
"""
    assert run(WORK + code).split() == ["6.8024"] * 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_child_forked_before_any_kernel_was_there():
    code = """
import os, torch
from byhand import optim
torch.set_num_threads(2)
p = torch.nn.Parameter(torch.ones(1 << 18))
p.grad = torch.ones(1 << 18)  # torch's own threads have worked
child = os.fork()
if not child:
    torch.set_num_threads(2)
    optim.SGD([p], lr=0.5).step()
    print(p[-1].item(), flush=True)
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
    assert run(code) == "0.5\n"


def test_at_the_end_of_the_interpreter():
    code = """
atexit.register(work)
def later():
    threading.main_thread().join()
    work()
threading.Thread(target=later).start()
"""
    assert run(WORK + code).split() == ["6.8024"] * 3
