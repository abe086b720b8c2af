"""The command ``byhand``, also as ``python -m byhand``."""

import os
import sys

from byhand import _path

_path.remove_judged_folders()


def main() -> None:
    """Run :func:`byhand.cli.main`; if it will judge, in a process whose one import of torch serves the sandbox too."""
    if _will_judge(sys.argv[1:]):
        from byhand.sandbox.command import run

        run("byhand.cli")
    else:
        from byhand.cli import main

        main()


def _will_judge(arguments: list[str]) -> bool:
    """Whether this looks like ``check FILE``; folders have processes of their own. A wrong guess costs only time."""
    if arguments[:1] != ["check"] or not {"-h", "--help", "--csv"}.isdisjoint(arguments):
        return False
    return [os.path.isdir(argument) for argument in arguments[1:] if os.path.exists(argument)] == [False]


if __name__ == "__main__":
    main()
