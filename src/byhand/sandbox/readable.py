"""The files that the sandbox can read: the interpreter, the system's libraries, and numerical packages, entry by entry.

Each package is listed separately because a Landlock rule opens a whole tree: the site-packages folder also contains
this package, whose formulas are the reference, and whatever else is installed.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGES = """
    torch torchgen functorch nvidia triton cuda numpy numpy.libs scipy scipy.libs sklearn scikit_learn.libs joblib
    threadpoolctl.py pandas pandas.libs matplotlib mpl_toolkits matplotlib.libs pylab.py seaborn tqdm einops autograd
    jaxtyping wadler_lindig typing_extensions.py sympy mpmath networkx jinja2 markupsafe filelock fsspec packaging
    dateutil six.py pytz tzdata cycler.py cycler kiwisolver pyparsing contourpy PIL pillow.libs fontTools narwhals
    torchvision torchvision.libs torchmetrics lightning_utilities setuptools _distutils_hack pkg_resources mkl
    intel_openmp
"""
"""Packages that torch and NumPy need, or that a notebook of exercises may import. Missing ones are skipped."""
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/local/lib", "/usr/local/lib64")
WHOLE = ("/nix/store", "/usr/share/zoneinfo", "/sys/devices/system/cpu", "/sys/devices/system/node")
FILES = (
    *("/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/dev/null", "/dev/urandom", "/dev/random"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory"),
    "/sys/kernel/mm/transparent_hugepage/enabled",
)


@cache
def package_folders() -> tuple[str, ...]:
    """The folders that contain NumPy and torch, as this process would import them. torch is not imported."""
    folders = []
    for name in ("torch", "numpy"):
        spec = find_spec(name)
        if spec is not None and spec.origin:
            folders.append(str(Path(spec.origin).resolve().parents[1]))
    return tuple(dict.fromkeys(folders))


def _standard_library() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    dynamic = sysconfig.get_config_var("DESTSHARED") or os.path.join(paths["stdlib"], "lib-dynload")
    return tuple(dict.fromkeys(os.path.realpath(path) for path in (paths["stdlib"], dynamic) if os.path.isdir(path)))


def search_path() -> list[str]:
    """The worker's ``sys.path``."""
    return [*_standard_library(), *package_folders()]


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return


@cache
def readable() -> list[tuple[str, str]]:
    """Paths with their permission: ``tree`` (read everything below) or ``list`` (read the names in the folder).

    The ``bin`` folder of a virtual environment, with its interpreter, is not included.
    """
    rules = [(path, "tree") for path in (*WHOLE, *FILES) if os.path.exists(path)]
    for folder in _standard_library():
        rules.append((folder, "list"))
        rules += [(e.path, "tree") for e in _entries(folder) if e.name not in ("site-packages", "dist-packages")]
    packages = set(PACKAGES.split())
    for folder in package_folders():
        rules.append((folder, "list"))
        rules += [(e.path, "tree") for e in _entries(folder) if e.name in packages]
        rules += [(e.path, "tree") for e in _entries(folder) if e.name.endswith(".dist-info")]
    for folder in dict.fromkeys(os.path.realpath(path) for path in SYSTEM):
        # A link's target is in one of these folders too, or it is not a system library.
        rules += [(e.path, "tree") for e in _entries(folder) if not e.name.startswith("python") and not e.is_symlink()]
    for folder in {os.path.join(sys.base_prefix, "lib"), os.path.dirname(os.path.realpath(sys.executable)) + "/../lib"}:
        rules += [(e.path, "tree") for e in _entries(folder) if ".so" in e.name or e.name.endswith(".dylib")]
    return list(dict.fromkeys(rules))


@cache
def hidden() -> list[str]:
    """Names of modules that are installed beside the readable ones and cannot be read."""
    there = {entry.name.partition(".")[0] for folder in package_folders() for entry in _entries(folder)}
    return sorted(there - {name.partition(".")[0] for name in PACKAGES.split()})


def profile() -> str:
    """The same rules for ``sandbox-exec`` of macOS, which must also allow the interpreter to start."""
    trees = [path for path, kind in readable() if kind == "tree"]
    trees += [
        sys.base_prefix + "/bin",
        sys.prefix + "/bin",
        sys.prefix + "/pyvenv.cfg",
        "/usr/lib",
        "/System",
        "/private/var/db",
    ]
    listed = [path for path, kind in readable() if kind == "list"]
    paths = "".join(f' (subpath "{path}")' for path in trees) + "".join(f' (literal "{path}")' for path in listed)
    executables = "".join(f' (literal "{path}")' for path in {sys.executable, os.path.realpath(sys.executable)})
    return f"""(version 1)
(deny default)
(allow process-exec{executables})
(allow process-fork)
(allow signal (target same-sandbox))
(allow sysctl-read)
(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))
(allow file-read-metadata)
(allow file-read*{paths} (literal "/") (literal "/dev/null") (literal "/dev/urandom"))
(allow file-write-data (literal "/dev/null"))
(deny network*)
"""
