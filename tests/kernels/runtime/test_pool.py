"""Threads: several callers at once, autograd's thread, forks, the end of the interpreter, any number of threads."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from byhand import backend, metrics
from byhand.kernels.numba.runtime import pool as _pool

pytestmark = pytest.mark.usefixtures("two_threads")


def test_every_part_is_done_once():
    for n, grain in ((0, 10), (1, 10), (19, 10), (20, 10), (1000, 7), (1001, 1)):
        seen, lock = [], threading.Lock()

        def piece(start, stop, seen=seen, lock=lock):
            with lock:
                seen.extend(range(start, stop))

        _pool.parallel(piece, n, grain)
        assert sorted(seen) == list(range(n))


def test_small_work_stays_on_the_calling_thread():
    threads = set()
    _pool.parallel(lambda *_: threads.add(threading.current_thread()), 100, 100)
    assert threads == {threading.current_thread()}


def test_it_follows_torchs_number_of_threads():
    torch.set_num_threads(1)
    threads = set()
    _pool.parallel(lambda *_: threads.add(threading.current_thread()), 10_000, 1)
    assert threads == {threading.current_thread()}


def test_both_threads_work():
    """Each waits for the other, so neither can do it all."""
    meeting = threading.Barrier(2, timeout=30)
    first = threading.local()

    def piece(*_):
        if not getattr(first, "met", False):
            first.met = True
            meeting.wait()

    _pool.parallel(piece, 100, 1)
    assert not meeting.broken


def test_several_callers_at_once():
    def area(seed):
        scores = torch.randn(1 << 18, generator=torch.Generator().manual_seed(seed))
        with backend("numba"):
            return metrics.roc_auc_score(torch.arange(len(scores)) % 2, scores)

    expected = [area(seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as callers:
        for _ in range(3):
            assert list(callers.map(area, range(6))) == expected


def test_a_call_within_a_piece():
    """A kernel's piece that asks the pool again, as a hook might: the caller works, and nothing waits for ever."""
    done = []
    _pool.parallel(lambda *_: _pool.parallel(lambda *_: done.append(1), 10, 1), 10, 1)
    assert len(done) >= 10


def test_an_error_in_a_piece_reaches_the_caller():
    def piece(start, stop):
        raise ZeroDivisionError(start)

    with pytest.raises(ZeroDivisionError):
        _pool.parallel(piece, 100, 1)
    _pool.parallel(lambda *_: None, 100, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own():
    code = """
import os, sys, torch
from byhand import backend, losses
from byhand.kernels.numba.runtime import pool as _pool
torch.set_num_threads(2)
x, y = torch.randn(300, 900), torch.randint(900, (300,))
with backend("numba"):
    before = losses.cross_entropy(x, y)
    _pool._lock.acquire()  # as if another thread were handing out work
    child = os.fork()
    if not child:
        torch.set_num_threads(2)
        os._exit(0 if torch.equal(losses.cross_entropy(x, y), before) else 1)
    _pool._lock.release()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert torch.equal(losses.cross_entropy(x, y), before)
print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.stdout == "done\n", done.stderr


def test_data_loader_workers():
    code = """
import torch
from byhand import backend, losses
class Losses(torch.utils.data.Dataset):
    def __len__(self): return 8
    def __getitem__(self, i):
        x, y = torch.full((300, 900), float(i)), torch.zeros(300, dtype=torch.long)
        torch.set_num_threads(2)  # for the kernel alone: torch's own threads do not survive a fork
        with backend("numba"):
            loss = losses.cross_entropy(x, y)
        torch.set_num_threads(1)
        return loss
if __name__ == "__main__":
    first = Losses()[0]
    torch.set_num_threads(1)
    for batch in torch.utils.data.DataLoader(Losses(), batch_size=2, num_workers=2):
        assert torch.allclose(batch, first)
    print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.stdout == "done\n", done.stderr


def test_at_the_end_of_the_interpreter():
    """From an exit handler and from a thread that outlives the main one: it computes, and the process ends."""
    code = """
import atexit, threading, time, torch
from byhand import backend, metrics
torch.set_num_threads(2)
scores = torch.arange(1 << 18)
def work():
    with backend("numba"):
        print(metrics.roc_auc_score(scores >= 1 << 17, scores), flush=True)
work()
atexit.register(work)
def later():
    threading.main_thread().join()
    work()
threading.Thread(target=later).start()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1.0"] * 3
