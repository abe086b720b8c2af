"""Peak of extra memory, each contestant in a fresh process: the high-water mark of one call above what is resident.

The call is not the first, so that compilers do not count; inputs do not count, results and gradients do.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks._row import Options, Row, rows_of

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")

# Allocators that keep what they are given back would hide a peak behind that of the call before.
FRUGAL = {"MALLOC_MMAP_THRESHOLD_": "1048576", "_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0"}


def peak(system: str, row: Row, name: str, options: Options) -> int | None:
    """Bytes; None where the system does not tell."""
    if not CLEAR.exists():
        return None
    command = [sys.executable, "-m", "benchmarks._memory", system, row.key, name, *(["quick"] if options.quick else [])]
    folder = Path(__file__).parents[1]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | FRUGAL, capture_output=True, encoding="utf-8", timeout=300
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])
    return int(json.loads(done.stdout.splitlines()[-1]))


def measure(row: Row, name: str) -> int:
    """In the fresh process."""
    made = row.contestants[name](*row.data())
    call = made[0] if isinstance(made, tuple) else made
    if name not in row.once:
        call()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    if blocks := sys.modules.get("byhand.kernels.numba.runtime.blocks"):
        blocks.release()  # what is kept from the first call is part of what a call needs
    before = resident("VmRSS")
    CLEAR.write_text("5")  # the high-water mark becomes what is resident now
    call()
    return max(resident("VmHWM") - before, 0)


def resident(field: str) -> int:
    """A field of the process's status, in bytes."""
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(field + ":"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    system, key, name, *rest = sys.argv[1:]
    (row,) = (row for row in rows_of(system, Options(quick="quick" in rest, compiled_steps=True)) if row.key == key)
    print(json.dumps(measure(row, name)))
