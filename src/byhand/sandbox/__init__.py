"""The sandbox: a stranger's program runs here, in a process of its own, sealed by the kernel; numbers come out.

Harm is stopped by the kernel, lies by keeping the truth in another process. What holds is tried, not assumed. This room
imports the standard library alone; what runs inside the process imports torch and NumPy too.
"""

from byhand.sandbox.outcome import Limits, Stopped
from byhand.sandbox.sandbox import Sandbox
from byhand.sandbox.wire import Array

__all__ = ["Array", "Limits", "Sandbox", "Stopped"]
