"""Nothing that lies beside what is judged becomes a module of the judge: it would run with the user's rights, unsealed.

``python -m`` puts the current folder first on the path, and PYTHONPATH can name any. So this is imported before all
else, and imports nothing that Python has not loaded itself: not even ``__future__``.
"""

import os
import sys

LIBRARIES = """
    numpy torch torchgen functorch rich pygments markdown_it mdurl typer click shellingham typing_extensions numba
    llvmlite sympy mpmath networkx jinja2 markupsafe filelock fsspec setuptools triton scipy pandas sklearn matplotlib
"""
"""Of other people, which the judge imports, or torch for it."""
UNUSED = frozenset(("test", "this", "antigravity", "idlelib", "turtle", "turtledemo", "tkinter", "lib2to3", "code"))
"""Of Python's own modules; learners like these names."""


def alone() -> bool:
    """Whether this process is byhand's own: the command, or ``python -m byhand``, which is still being looked for."""
    first = sys.argv[0] if getattr(sys, "argv", None) else ""
    if first != "-m":
        return os.path.splitext(os.path.basename(first))[0] in ("byhand", "byhand-script")
    module = sys.orig_argv[-len(sys.argv)]  # after the options of Python, one of which may be joined to it
    return (module.partition("m")[2] if module.startswith("-") else module).partition(".")[0] == "byhand"


def leave() -> None:
    """Take from ``sys.path`` the current folder, what is written relative to it, and folders of files to be judged.

    Raises:
        SystemExit: a module has been taken from there already, before there was anything of ours to prevent it.
    """
    strange = {path for path in sys.path if not os.path.isabs(path)}
    try:
        folders = _folders()
    except FileNotFoundError:  # the current folder is no more
        folders = set()
    strange |= {path for path in sys.path if os.path.realpath(path) in folders and not _of_python(path)}
    left = {os.path.realpath(path) for path in strange} if folders else set()
    sys.path[:] = [path for path in sys.path if path not in strange]
    for name, module in list(sys.modules.items()):
        if name not in ("__main__", "byhand") and "." not in name and _folder(module) in left:
            where = f"must not come from the folder of what is judged, got {_folder(module)}"
            how = "run `byhand`, or `python -P -m byhand`, without this folder in PYTHONPATH"
            print(f"`{name}` of `Python` {where}; {how}.", file=sys.stderr)
            raise SystemExit(2)


def _folders() -> set[str]:
    """The current folder, the relative ones of PYTHONPATH, and those of files that are named on the command line."""
    named = [os.path.abspath(argument) for argument in sys.argv[1:]]
    relative = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if not os.path.isabs(part)]
    files = [*named, *map(os.path.realpath, named)]
    return {os.path.realpath(path) for path in (os.getcwd(), *relative, *map(os.path.dirname, files))}


def lent(folder: str) -> str:
    """A name under which the judge has got, or would get, a module of ``folder`` in place of a library; "" if none."""
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
    """Where a module or a specification lies that can be imported by a name without a dot; "" if nowhere."""
    known = getattr(module, "__dict__", {})
    places = known.get("submodule_search_locations") or known.get("__path__")
    lies = next(iter(places)) if places else known.get("origin") or known.get("__file__")
    return os.path.dirname(os.path.realpath(lies)) if isinstance(lies, str) and os.path.exists(lies) else ""


def _of_python(path: str) -> bool:
    """Whether it belongs to the installation: there lies what is imported, whoever judges a file beside it."""
    roots = {os.path.dirname(os.__file__)}
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        roots |= {os.path.join(prefix, name) for name in ("lib", "Lib", sys.platlibdir)}
    real = os.path.realpath(path)
    return any(real == root or real.startswith(root + os.sep) for root in map(os.path.realpath, roots))


if alone():
    leave()
