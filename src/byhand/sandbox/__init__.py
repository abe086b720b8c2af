"""The sandbox: it runs an untrusted program in a process of its own, sealed by the kernel, and returns only numbers.

The kernel prevents harm. Expected results stay in another process, so a program cannot read or fake them. The layers
are tested, not assumed.

Processes, each started by the one before: the judge, which has a :class:`Sandbox`; the fork server (``forkserver``),
which has imported torch and runs nobody's code; a supervisor (``supervisor``), which ends all that a program starts;
the worker (``worker``), which seals itself and runs the program in a ``Machine`` (``machine``). One worker runs all
definitions of a file, until it ends. The judge of a single file is the rest of the process from which the fork server
was forked off (``command``).

This package imports only the standard library; the worker process also torch and NumPy.
"""

from byhand.sandbox.outcome import Limits, Reason, Stopped
from byhand.sandbox.sandbox import Sandbox
from byhand.sandbox.wire import Array

__all__ = ["Array", "Limits", "Reason", "Sandbox", "Stopped"]
