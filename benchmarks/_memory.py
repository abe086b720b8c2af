"""Measures the peak of extra memory of a contestant in a fresh process: the peak during a call minus that before it.

It is the second call, so that compiling does not count. Inputs do not count; results and gradients do.
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

# Allocators must return freed memory to the system: else the first call would hide the peak of the second.
FRUGAL = {"MALLOC_MMAP_THRESHOLD_": "1048576", "_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0"}


def peak(system: str, row: Row, name: str, options: Options) -> int | None:
    """The peak of extra memory in bytes; None if the system does not report it."""
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
    """Measure the peak, in the fresh process."""
    made = row.contestants[name](*row.data())
    call = made[0] if isinstance(made, tuple) else made
    if name not in row.once:
        call()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    if blocks := sys.modules.get("byhand.kernels.numba.runtime.blocks"):
        blocks.release()  # memory that byhand kept from the first call counts as extra memory of the second
    before = resident("VmRSS")
    CLEAR.write_text("5")  # resets the recorded peak (VmHWM)
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
