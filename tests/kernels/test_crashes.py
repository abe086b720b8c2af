"""No input ends the process."""

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "crashes.py"


def test_no_input_ends_the_process():
    ran = subprocess.run(
        [sys.executable, PROGRAM, "0", "150"], capture_output=True, text=True, check=False, timeout=100
    )
    last = "\n".join(ran.stdout.splitlines()[-1:])
    assert ran.returncode == 0, f"{last}\n{ran.stderr[-2000:]}"
    assert "no crash" in last
