"""A sandbox starts at once, reports its layers, answers, stops, and leaves nothing behind."""

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

from byhand.sandbox import Limits, Sandbox, Stopped, launch
from byhand.sandbox.wire import REPLY_PAYLOAD, BadFrame
from sandbox.holding import need_a_seal

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are those of Linux")

HONEST = b"""
import torch
class SGD:
    def __init__(self, params, lr): self.params, self.lr = list(params), lr
    def step(self):
        with torch.no_grad():
            for p in self.params: p -= self.lr * p.grad
def loss(x): return (x ** 2).sum()
class Theirs(torch.optim.SGD): pass
def said(n): print("x" * n)
"""


def ask(sandbox, payload=b"", seconds=None, **header):
    answer, data = sandbox.request(header, payload, seconds=seconds)
    assert answer["ok"], answer
    return answer, data


def inner(pid):
    """The sandbox itself: the child of the supervisor."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


@pytest.fixture(scope="module")
def sealed():
    need_a_seal()
    with Sandbox() as sandbox:
        ask(sandbox, HONEST, op="load", file="honest.py", seconds=30)
        yield sandbox


def test_an_honest_program_runs_sealed(sealed):
    assert not sealed.missing
    assert {"seccomp", "limits"} <= set(sealed.layers)
    assert any(layer.startswith("Landlock ") for layer in sealed.layers)
    assert {"python", "kernel", "torch"} <= set(sealed.versions)
    numbers = np.array([1.0, -2.0])
    ask(sealed, numbers.tobytes(), op="put", out="p", dtype="f8", shape=[2], **{"as": "parameter"})
    for maker in ("SGD", "Theirs"):
        ask(sealed, op="call", function=maker, args=[{"list": [{"ref": "p"}]}, 0.25], out="o", seconds=30)
        ask(sealed, op="call", function="loss", args=[{"ref": "p"}], out="y")
        ask(sealed, op="set", target="p.grad", value=None)
        ask(sealed, op="backward", name="y")
        ask(sealed, op="call", function="o.step", seconds=30)
    answer, data = ask(sealed, op="get", name="p")
    assert (answer["dtype"], answer["shape"]) == ("f8", [2])
    assert np.frombuffer(data).tolist() == [0.25, -0.5]


def test_every_thread_is_under_the_filter(sealed):
    if not sys.platform.startswith("linux"):
        pytest.skip("as Linux tells it")
    sealed.ready()
    threads = list(Path(f"/proc/{inner(sealed.pid)}/task").iterdir())
    for thread in threads:
        status = dict(line.split(":\t", 1) for line in (thread / "status").read_text().splitlines() if ":\t" in line)
        assert status["Seccomp"] == "2"
        assert status["NoNewPrivs"] == "1"
        assert int(status["CapEff"], 16) == 0


def test_large_payloads_go_in_and_no_larger_ones_come_out_than_a_judge_wants(sealed):
    numbers = np.arange(4 << 20, dtype=np.float64)  # 32 MiB
    ask(sealed, numbers.tobytes(), op="put", out="big", dtype="f8", shape=[numbers.size], **{"as": "numpy"})
    answer, data = sealed.request({"op": "get", "name": "big"})
    assert (answer["ok"], data) == (False, b"")
    assert "too many to return" in answer["message"]
    most = numbers[: REPLY_PAYLOAD // 8]
    ask(sealed, most.tobytes(), op="put", out="big", dtype="f8", shape=[most.size], **{"as": "numpy"})
    assert ask(sealed, op="get", name="big")[1] == most.tobytes()
    ask(sealed, op="del", names=["big"])


def test_output_is_that_of_one_request(sealed):
    ask(sealed, op="call", function="said", args=[5])
    assert sealed.output == "xxxxx\n"
    for _ in range(3):
        ask(sealed, op="call", function="said", args=[60_000])  # within the 64 KiB that one request may print
    ask(sealed, op="leaves", name="p")
    assert sealed.output == ""


def test_a_request_that_is_none_is_our_mistake(sealed):
    with pytest.raises(BadFrame, match="unknown key 'verdict'"):
        sealed.request({"op": "get", "verdict": "right"})
    with pytest.raises(BadFrame, match="of at most 4096"):
        sealed.request({"op": "get", "name": "x" * 5000})
    ask(sealed, op="leaves", name="p")


def test_after_it_has_stopped_it_is_closed():
    with Sandbox(trust=True, with_torch=False) as sandbox:
        ask(sandbox, b"def f():\n    while True: pass", op="load", file="x.py", seconds=30)
        pid = sandbox.pid
        with pytest.raises(Stopped) as stop:
            sandbox.request({"op": "call", "function": "f"}, seconds=0.1)
        assert (stop.value.kind, stop.value.detail) == ("too slow", "It was not done after 0.1 seconds.")
        assert sandbox.pid is None
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        with pytest.raises(Stopped, match="too slow"):
            sandbox.request({"op": "leaves", "name": "f"})


def test_to_close_twice_or_early_is_harmless():
    sandbox = Sandbox(trust=True, forked=False)  # its worker is importing torch
    pid = sandbox.pid
    sandbox.close()
    sandbox.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(Stopped, match="closed"):
        sandbox.request({"op": "leaves", "name": "x"})


def test_one_that_is_forgotten_is_closed():
    before = set(os.listdir("/dev/fd"))
    sandbox = Sandbox(trust=True, with_torch=False, forked=False)
    pid = sandbox.pid
    del sandbox
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert set(os.listdir("/dev/fd")) == before


@pytest.mark.parametrize("layer", ["landlock", "seccomp", "limits", "no new privileges"])
def test_it_refuses_if_a_layer_is_missing(layer):
    with Sandbox(layers_off=[layer], with_torch=False) as sandbox:
        with pytest.raises(Stopped) as stop:
            sandbox.request({"op": "leaves", "name": "x"})
        assert stop.value.kind == "not sealed"
        assert layer in stop.value.detail
        assert "--trust" in stop.value.detail
        assert sandbox.pid is None


def test_namespaces_are_one_more_lock_and_no_condition():
    need_a_seal()
    with Sandbox(layers_off=["namespaces"], with_torch=False) as sandbox:
        sandbox.ready()
        assert "namespaces" not in sandbox.layers


def test_trust_runs_it_all_the_same_with_what_there_is():
    with Sandbox(trust=True, layers_off=["landlock"], with_torch=False) as sandbox:
        sandbox.ready()
        assert list(map(str, sandbox.missing)) == ["landlock is switched off"]
        assert ask(sandbox, b"x = open('/dev/null').read()", op="load", file="x.py")


def test_the_processor_time_of_its_life_is_limited():
    need_a_seal()
    with Sandbox(limits=Limits(cpu=2), with_torch=False) as sandbox:
        ask(sandbox, b"def f():\n    while True: pass", op="load", file="x.py")
        with pytest.raises(Stopped, match="2 seconds of processor time") as stop:
            sandbox.request({"op": "call", "function": "f"}, seconds=60)
        assert stop.value.kind == "too slow"


def test_the_environment_tells_nothing_of_the_user(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/home/alice/tmp")
    for name in ("HOME", "TMPDIR", "USER", "LANG", "PATH"):
        monkeypatch.setenv(name, "/home/alice")
    assert "alice" not in str(launch.environment())


def test_our_own_failure_is_ours(monkeypatch):
    monkeypatch.setattr(launch.readable, "search_path", list)
    with Sandbox(forked=False) as sandbox, pytest.raises(Stopped) as stop:
        sandbox.ready()
    assert stop.value.kind == "ours"
    assert "did not start" in stop.value.detail
    monkeypatch.setattr(launch.subprocess, "Popen", lambda *args, **kwargs: (_ for _ in ()).throw(OSError(11, "no")))
    with Sandbox(forked=False) as sandbox, pytest.raises(Stopped) as stop:
        sandbox.ready()
    assert stop.value.kind == "ours"


def test_a_cell_outlives_the_thread_that_made_it():
    sandboxes = []
    thread = threading.Thread(target=lambda: sandboxes.append(Sandbox(trust=True, with_torch=False)))
    thread.start()
    thread.join()
    with sandboxes[0] as sandbox:
        sandbox.ready()


def test_it_ends_with_the_judge():
    code = "import os; from byhand.sandbox import Sandbox; c = Sandbox(trust=True, with_torch=False); c.ready(); "
    code += "print(c.pid, flush=True); os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    pid = int(done.stdout)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return
        threading.Event().wait(0.05)
    pytest.fail("the sandbox is still there")


def test_the_judges_side_imports_neither_torch_nor_numpy():
    code = "import sys, byhand.sandbox, byhand.sandbox.trust; print({'torch', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
