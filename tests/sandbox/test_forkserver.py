"""Sandboxes forked from one process that has imported torch: as sealed, as separate and as well reported as others."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from byhand.sandbox import Limits, Sandbox, Stopped, launch
from sandbox.holding import need_a_seal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux passes descriptors like this")
BOTH = pytest.mark.parametrize("forked", [True, False])


@pytest.fixture
def server():
    """A fork server of its own, so that a test may end it."""
    launch.end_servers()
    with Sandbox(trust=True, with_torch=False) as sandbox:
        sandbox.ready()
    yield launch._servers[False]
    launch.end_servers()


def load(sandbox, source):
    answer, _ = sandbox.request({"op": "load", "file": "x.py"}, source)
    return answer


def gone(pid):
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return True
        time.sleep(0.05)
    return False


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def test_it_is_started_once_and_has_one_thread_when_it_forks(server):
    with Sandbox(trust=True, with_torch=False) as sandbox:
        sandbox.ready()
        assert launch._servers[False] is server
        assert not gone(server.pid)
        assert threads(server.pid) == 1


def test_with_torch_it_has_one_thread_too_and_torch_is_there_at_once():
    with Sandbox(trust=True) as sandbox:
        sandbox.ready()
        assert sandbox.versions["torch"]
        assert threads(launch._servers[True].pid) == 1


@BOTH
def test_the_same_layers_hold(forked):
    need_a_seal()
    with Sandbox(forked=forked, with_torch=False) as sandbox:
        sandbox.ready()
        held = {layer.split()[0] for layer in sandbox.layers}
        assert {"Landlock", "seccomp", "limits"} <= held
        assert not sandbox.missing
        assert not load(sandbox, f"open({str(Path(__file__))!r})".encode())["ok"]


@BOTH
@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"import os\nos._exit(7)", "exit code 7"),
        (b"import os\nos.abort()", "crashed"),
        (b"while True: pass", "processor time"),
    ],
)
def test_the_end_is_reported(forked, source, said):
    need_a_seal()
    with (
        Sandbox(forked=forked, with_torch=False, limits=Limits(cpu=2, seconds=30)) as sandbox,
        pytest.raises(Stopped, match=said),
    ):
        load(sandbox, source)


def test_what_one_program_changes_the_next_does_not_see(server):
    with Sandbox(trust=True, with_torch=False) as first:
        assert load(first, b"import math, builtins\nmath.pi = 3\nbuiltins.leak = 1")["ok"]
        with Sandbox(trust=True, with_torch=False) as second:
            assert load(second, b"import math, builtins\nassert math.pi > 3.1 and not hasattr(builtins, 'leak')")["ok"]
        assert load(first, b"import math\nassert math.pi == 3")["ok"]


def test_a_program_has_no_descriptor_of_the_server_or_of_another_sandbox(server):
    source = b"""
import os
def open_ones():
    found = []
    for n in range(1024):
        try: os.fstat(n)
        except OSError: continue
        found.append(n)
    return len(found)
assert open_ones() <= 5, open_ones()
"""
    with Sandbox(trust=True, with_torch=False) as first, Sandbox(trust=True, with_torch=False) as second:
        first.ready()
        assert load(second, source)["ok"]


def test_a_server_that_is_gone_is_replaced(server):
    os.kill(server.pid, signal.SIGKILL)
    assert gone(server.pid)
    with Sandbox(trust=True, with_torch=False) as sandbox:
        assert load(sandbox, b"x = 1")["ok"]
    assert launch._servers[False] is not server


def test_its_sandboxes_outlive_it(server):
    with Sandbox(trust=True, with_torch=False) as sandbox:
        sandbox.ready()
        launch.end_servers()
        assert load(sandbox, b"x = 1")["ok"]


def test_a_sandbox_without_its_supervisor_is_ended_too(server):
    with Sandbox(trust=True, with_torch=False) as sandbox:
        sandbox.ready()
        child = int(Path(f"/proc/{sandbox.pid}/task/{sandbox.pid}/children").read_text().split()[0])
        os.kill(sandbox.pid, signal.SIGKILL)
    assert gone(child)


def test_no_process_and_no_descriptor_is_left(server):
    before = set(os.listdir("/proc/self/fd"))
    with Sandbox(trust=True, with_torch=False) as sandbox:
        sandbox.ready()
        pid = sandbox.pid
    assert set(os.listdir("/proc/self/fd")) == before
    assert gone(pid)


def test_it_ends_with_its_judge():
    code = (
        "import os; from byhand.sandbox import Sandbox, launch; c = Sandbox(trust=True, with_torch=False); c.ready(); "
    )
    code += "print(launch._servers[False].pid, flush=True); os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert gone(int(done.stdout))


def test_a_forked_judge_starts_its_own(server):
    child = os.fork()
    if child == 0:
        with Sandbox(trust=True, with_torch=False) as sandbox:
            fine = load(sandbox, b"x = 1")["ok"] and launch._servers[False] is not server
        launch.end_servers()
        os._exit(0 if fine else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_one_that_is_closed_before_it_starts_leaves_nothing():
    launch.end_servers()
    before = set(os.listdir("/proc/self/fd"))
    sandbox = Sandbox(trust=True)  # the server is importing torch
    sandbox.close()
    sandbox.close()
    with pytest.raises(Stopped, match="closed"):
        sandbox.request({"op": "leaves", "name": "x"})
    forgotten = Sandbox(trust=True)
    del forgotten
    with Sandbox(trust=True) as last:
        last.ready()  # so the server has forked the others
    server = launch._servers[True].pid
    for _ in range(100):
        if not Path(f"/proc/{server}/task/{server}/children").read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("a sandbox is left over")
    launch.end_servers()
    assert set(os.listdir("/proc/self/fd")) == before
