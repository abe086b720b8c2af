"""A command that starts again with a fork server: it has what was its own, and its sandboxes know nothing of that."""

import os
import signal
import subprocess
import sys
import time
from json import loads
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux passes descriptors like this")

BEGIN = "from byhand.sandbox.command import start_again; start_again('told'); print('not reached')"
TOLD = """
import json, os, sys
from byhand.sandbox import Sandbox, launch

SEARCH = b'''
import ctypes
libc = ctypes.CDLL(None)
start = ctypes.addressof(ctypes.c_char.in_dll(libc, "environ"))
strings = ctypes.cast(start, ctypes.POINTER(ctypes.POINTER(ctypes.c_char_p)))[0]
names = []
while strings[len(names)]:
    names.append(strings[len(names)])
assert names and not [name for name in names if b"SECRET" in name], names
# The interpreter's own arguments and environment lie where its first environment string was.
page = ctypes.cast(strings[0], ctypes.c_void_p).value & ~4095
assert b"told-" not in ctypes.string_at(page, 4096)
import os, sys
assert os.getcwd() == "/" and "told" not in sys.modules and not [n for n in range(3, 200) if readable(n)]
'''
READABLE = b'''
import os
def readable(n):
    try:
        os.lseek(n, 0, os.SEEK_SET)
    except OSError:
        return False
    return True
'''

def main():
    with Sandbox(trust=True) as sandbox:
        sandbox.ready()
        answer, _ = sandbox.request({"op": "load", "file": "x.py"}, READABLE + SEARCH)
        (server,) = launch._servers.values()
        family = int(open(f"/proc/{server.pid}/stat").read().split()[3])
        told = {"answer": answer, "children": family == os.getpid(), "secret": os.environ["TOLD"]}
        told |= {"argv": sys.argv, "path": sys.path, "home": os.path.expanduser("~"), "cwd": os.getcwd()}
        told |= {"bytecode": sys.dont_write_bytecode, "prefix": sys.prefix, "torch": "torch" in sys.modules}
        told |= {"session": os.getsid(server.pid) != os.getsid(0), "errors": sys.stdout.errors}
        told |= {"open": [os.readlink(f"/proc/{server.pid}/fd/{n}") for n in os.listdir(f"/proc/{server.pid}/fd")]}
        print(json.dumps(told), flush=True)
    sys.exit(5)
"""


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "told.py").write_text(TOLD)
    source = str(Path(__file__).parents[2] / "src")
    path = os.pathsep.join((str(tmp_path), source))
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": path, "TOLD": "told-SECRET-\udcff"}


def test_it_has_its_own_environment_and_its_sandboxes_have_none_of_it(environment, tmp_path):
    command = [sys.executable, "-c", BEGIN, "told-argument"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert done.returncode == 5, done.stderr
    told = loads(done.stdout)
    assert told["answer"]["ok"], told["answer"]
    assert told["children"]  # the server was forked from it, and not started as another interpreter
    assert told["session"]
    assert told["torch"]
    assert told["secret"] == environment["TOLD"]
    assert told["argv"] == ["-c", "told-argument"]
    before = subprocess.run(
        [sys.executable, "-c", "import json, sys; print(json.dumps([sys.path, sys.prefix]))"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
    )
    assert [told["path"], told["prefix"]] == loads(before.stdout)
    assert (told["home"], told["cwd"]) == (str(tmp_path), str(tmp_path))
    assert all(target == "/dev/null" or target.startswith("socket:") for target in told["open"]), told["open"]
    assert sum(target.startswith("socket:") for target in told["open"]) == 1


def test_the_server_ends_with_it(environment, tmp_path):
    (tmp_path / "told.py").write_text(
        "import os\nfrom byhand.sandbox import launch\n"
        "def main(): print(launch._servers[True].pid, flush=True); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", BEGIN], env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == -signal.SIGKILL
    server = Path(f"/proc/{int(done.stdout)}")
    for _ in range(100):
        if not server.exists() or "State:\tZ" in (server / "status").read_text():
            return
        time.sleep(0.05)
    pytest.fail("the fork server is still there")


def test_ctrl_c_while_torch_is_imported_says_nothing(environment):
    command = subprocess.Popen([sys.executable, "-c", BEGIN], env=environment, stderr=subprocess.PIPE, text=True)
    maps = Path(f"/proc/{command.pid}/maps")
    for _ in range(600):
        if "libtorch" in maps.read_text():
            break
        time.sleep(0.01)
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=60)
    assert (command.returncode, said) == (-signal.SIGINT, "")


@pytest.mark.parametrize(
    "changed",
    [["-W", "error"], ["-O"], ["-X", "dev"], ["-X", "importtime"], ["-c", "import sys; sys.settrace(lambda *_: None)"]],
)
def test_an_interpreter_with_options_or_a_debugger_goes_on_as_it_is(environment, changed):
    *options, code = changed if changed[0] == "-c" else [*changed, "-c", ""]
    code += "\nfrom byhand.sandbox.command import can_start_again; print(can_start_again())"
    done = subprocess.run([sys.executable, *options, code], env=environment, capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_stays_closed(environment, tmp_path, closed):
    said = tmp_path / "said"
    code = f"from byhand.sandbox.command import can_start_again; open({str(said)!r}, 'w').write(str(can_start_again()))"
    subprocess.run(["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, code], env=environment)
    assert said.read_text() == "False"


def test_another_encoding_of_the_terminal_is_kept(environment, tmp_path):
    (tmp_path / "told.py").write_text("import sys\ndef main(): print(sys.stdout.encoding, sys.stdout.errors, 'é')\n")
    own = {**environment, "PYTHONIOENCODING": "latin-1:backslashreplace"}
    done = subprocess.run([sys.executable, "-c", BEGIN], env=own, capture_output=True, timeout=100)
    assert done.stdout == "iso8859-1 backslashreplace é\n".encode("latin-1")
