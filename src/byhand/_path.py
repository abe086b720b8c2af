"""Keeps the folder of the judged file off Python's path: a module imported from there would run outside the sandbox.

``python -m`` puts the current folder first on the path, and PYTHONPATH can name any folder. Therefore this module is
imported before all others, and imports nothing that Python has not loaded itself, not even ``__future__``.
"""

import os
import sys

LIBRARIES = """
    numpy torch torchgen functorch rich pygments markdown_it mdurl typer click shellingham typing_extensions numba
    llvmlite sympy mpmath networkx jinja2 markupsafe filelock fsspec setuptools triton scipy pandas sklearn matplotlib
"""
"""Third-party libraries that the judge imports, directly or through torch."""
UNUSED = frozenset(("test", "this", "antigravity", "idlelib", "turtle", "turtledemo", "tkinter", "lib2to3", "code"))
"""Modules of Python's standard library that the judge does not import; learners often use these names for files."""


def is_command() -> bool:
    """Whether this process is the command ``byhand``, or ``python -m byhand`` at the time when it imports byhand."""
    first = sys.argv[0] if getattr(sys, "argv", None) else ""
    if first != "-m":
        return os.path.splitext(os.path.basename(first))[0] in ("byhand", "byhand-script")
    module = sys.orig_argv[-len(sys.argv)]  # the argument after Python's own, which may be "-mbyhand" or "-Pmbyhand"
    return (module.partition("m")[2] if module.startswith("-") else module).partition(".")[0] == "byhand"


def remove_judged_folders() -> None:
    """Remove from ``sys.path`` the current folder, relative paths, and the folders of the files to be judged.

    Raises:
        SystemExit: Python has already imported a module from one of them.
    """
    removed = {path for path in sys.path if not os.path.isabs(path)}
    try:
        folders = _folders()
    except FileNotFoundError:  # the current folder was deleted
        folders = set()
    removed |= {path for path in sys.path if os.path.realpath(path) in folders and not _of_python(path)}
    real = {os.path.realpath(path) for path in removed} if folders else set()
    sys.path[:] = [path for path in sys.path if path not in removed]
    for name, module in list(sys.modules.items()):
        if name not in ("__main__", "byhand") and "." not in name and _folder(module) in real:
            where = f"must not come from the folder of the judged file, got {_folder(module)}"
            how = "run `byhand`, or `python -P -m byhand`, without this folder in PYTHONPATH"
            print(f"`{name}` of `Python` {where}; {how}.", file=sys.stderr)
            raise SystemExit(2)


def _folders() -> set[str]:
    """The current folder, the relative folders of PYTHONPATH, and the folders of the files on the command line."""
    named = [os.path.abspath(argument) for argument in sys.argv[1:]]
    relative = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if not os.path.isabs(part)]
    files = [*named, *map(os.path.realpath, named)]
    return {os.path.realpath(path) for path in (os.getcwd(), *relative, *map(os.path.dirname, files))}


def shadowed_library(folder: str) -> str:
    """The name of a library in whose place Python has imported, or would import, a module of ``folder``; "" if none."""
    names = sys.stdlib_module_names.union(LIBRARIES.split()) - UNUSED
    real = os.path.realpath(folder)
    for name in sorted(names & sys.modules.keys()):
        if _folder(sys.modules[name]) == real and not _of_python(real):
            return name
    if real in map(os.path.realpath, sys.path) and not _of_python(real):
        from importlib.machinery import PathFinder

        for name in sorted({entry.partition(".")[0] for entry in os.listdir(real)} & names - sys.modules.keys()):
            found = PathFinder.find_spec(name)
            if found is not None and _folder(found) == real:
                return name
    return ""


def _folder(module: object) -> str:
    """The folder of a top-level module, or of its specification; "" if it has no file."""
    known = getattr(module, "__dict__", {})
    places = known.get("submodule_search_locations") or known.get("__path__")
    path = next(iter(places)) if places else known.get("origin") or known.get("__file__")
    return os.path.dirname(os.path.realpath(path)) if isinstance(path, str) and os.path.exists(path) else ""


def _of_python(path: str) -> bool:
    """Whether a folder belongs to Python's installation; it stays on the path even if a judged file is in it."""
    roots = {os.path.dirname(os.__file__)}
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        roots |= {os.path.join(prefix, name) for name in ("lib", "Lib", sys.platlibdir)}
    real = os.path.realpath(path)
    return any(real == root or real.startswith(root + os.sep) for root in map(os.path.realpath, roots))


if is_command():
    remove_judged_folders()
