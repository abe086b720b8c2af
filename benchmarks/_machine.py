"""Describes the machine: processor, versions of libraries, memory bandwidth, and load by other processes."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from statistics import median
from time import process_time, sleep
from typing import Any

import torch

from benchmarks._harness import time_call

PACKAGES = ("byhand", "torch", "numba", "llvmlite", "numpy", "scipy", "scikit-learn", "torchmetrics", "polars")
LARGE = 1 << 29  # bytes, far more than any cache


def machine() -> dict[str, Any]:
    """The processor, its threads and the memory, as far as the system reports them."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "cpu": _cpu() or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "simd": torch.backends.cpu.get_cpu_capability(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


def versions() -> dict[str, str]:
    """The versions of Python and of the libraries that are compared."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def limits(quick: bool = False) -> dict[str, float]:
    """Bandwidth of a large in-place scale and of a large copy, in bytes per second, reads plus writes."""
    x = torch.ones((LARGE >> 3 if quick else LARGE) // 4)
    y = torch.empty_like(x)
    size = 2 * x.numel() * 4
    calls = {"scale": lambda: x.mul_(1.0000001), "copy": lambda: y.copy_(x)}
    found = {}
    for name, call in calls.items():
        call()
        found[name] = size / median(time_call(call) for _ in range(3 if quick else 7))
    return found


def busy(seconds: float = 0.5) -> float | None:
    """How many cores other processes keep busy; None if the system does not report it.

    torch's threads spin while they wait for each other. If another process takes the core of one of them, torch seems
    many times slower than it is.
    """
    path = Path("/proc/stat")
    if not path.exists():
        return None
    before, own = _ticks(path), process_time()
    sleep(seconds)
    busy, idle = (b - a for a, b in zip(before, _ticks(path), strict=True))
    ours = (process_time() - own) / seconds
    return round(max((os.cpu_count() or 1) * busy / max(busy + idle, 1) - ours, 0.0), 2)


def _ticks(path: Path) -> tuple[int, int]:
    """The clock ticks of all cores since boot: busy ones, and idle or waiting ones."""
    counts = [int(word) for word in path.read_text().splitlines()[0].split()[1:9]]
    idle = counts[3] + counts[4]
    return sum(counts) - idle, idle
