"""Ordinary operations of learners and libraries work in the sandbox."""

import sys

import pytest

from byhand.sandbox import Limits, Sandbox, Stopped
from sandbox.holding import need_a_seal

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are those of Linux")

LIBRARIES = b"""
import os, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import matplotlib, numpy, pandas, scipy.stats, sklearn.metrics, torch
from sklearn.linear_model import LogisticRegression
matplotlib.use("Agg")
import matplotlib.pyplot as plt

def f():
    torch.set_num_threads(4)
    (torch.ones(500, 500) @ torch.ones(500, 500)).sum()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(abs, range(10)))
    x = numpy.random.rand(40, 2)
    LogisticRegression().fit(x, x[:, 0] > 0.5)
    pandas.DataFrame(x).rank().describe()
    plt.subplots()[0].canvas.draw()
    os.path.realpath("/proc/self/exe"), Path("/proc/self").resolve()
    return scipy.stats.entropy([0.2, 0.8]) > 0
"""


def ask(sandbox, payload=b"", seconds=None, **header):
    answer, data = sandbox.request(header, payload, seconds=seconds)
    assert answer["ok"], answer
    return answer, data


@pytest.mark.parametrize("off", [[], ["namespaces"]])
def test_libraries_run_sealed(off):
    need_a_seal()
    with Sandbox(layers_off=off) as sandbox:
        ask(sandbox, LIBRARIES, op="load", file="libraries.py", seconds=60)
        answer, _ = ask(sandbox, op="call", function="f", seconds=60)
        assert answer["leaves"][0]["type"] == "numpy.bool"


def test_a_cell_of_many_threads_is_ended():
    need_a_seal()
    with Sandbox(limits=Limits(threads=20), layers_off=["namespaces"], with_torch=False) as sandbox:
        source = b"import threading, time\nthreading.stack_size(1 << 16)\ndef f(n):\n    for _ in range(n):\n"
        source += b"        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n    time.sleep(0.3)\n"
        ask(sandbox, source, op="load", file="x.py")
        ask(sandbox, op="call", function="f", args=[10])
        with pytest.raises(Stopped, match="more than 20 threads at once") as stop:
            ask(sandbox, op="call", function="f", args=[15])
        assert stop.value.kind == "gone"
