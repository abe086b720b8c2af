"""Measures a call: its largest intermediate, its steps, and the library implementations that it called.

This is evidence, not proof: the measurement runs in the same process as the measured program.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

from byhand.sandbox.library import Library

USED = 32
"""How many different calls are kept."""
FUNCTIONAL = "torch.nn.functional"
OPTIMIZERS = frozenset({"adam", "adamw", "sgd", "adamax", "nadam", "radam", "rmsprop", "adagrad", "adadelta", "asgd"})
MODULES = {f"torch.nn.modules.{file}": "torch.nn" for file in ("loss", "activation")}
C_FUNCTIONS = {
    "cross_entropy_loss": f"{FUNCTIONAL}.cross_entropy",
    "nll_loss": f"{FUNCTIONAL}.nll_loss",
    "nll_loss_nd": f"{FUNCTIONAL}.nll_loss",
    "kl_div": f"{FUNCTIONAL}.kl_div",
    "binary_cross_entropy": f"{FUNCTIONAL}.binary_cross_entropy",
    "binary_cross_entropy_with_logits": f"{FUNCTIONAL}.binary_cross_entropy_with_logits",
    **{name: f"torch.{name}" for name in ("log_softmax", "softmax", "logsumexp", "logit", "xlogy", "special_xlogy")},
}
"""By the name of a built-in function: a torch function or a tensor method."""
SCIPY = {"scipy.special": ("rel_entr", "kl_div", "xlogy", "entr")}
"""Universal functions: a profiler does not see their calls, so they are wrapped in a Python function that it sees."""


class Seen:
    """A SciPy function, wrapped in a Python function so that the profiler sees its calls."""

    def __init__(self, name: str, function: Any) -> None:
        self.name = name
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the SciPy function."""
        return self.function(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.function, name)


def wrap_scipy() -> None:
    """Wrap SciPy's universal functions, for all later imports."""
    for module_name, names in SCIPY.items():
        try:
            module = __import__(module_name, fromlist=["_"])
        except ImportError:
            continue
        for name in names:
            function = getattr(module, name, None)
            if function is not None and not isinstance(function, Seen):
                setattr(module, name, Seen(f"{module_name}.{name}", function))


def _name(frame: FrameType) -> str | None:
    """The public name of the implementation that this frame runs, or None."""
    code, module = frame.f_code, str(frame.f_globals.get("__name__", ""))
    name = code.co_qualname
    if code is Seen.__call__.__code__:
        return str(frame.f_locals["self"].name)
    if module == FUNCTIONAL:
        return None if name.startswith("_") else f"{FUNCTIONAL}.{name}"
    if module in MODULES:
        owner, _, method = name.partition(".")
        return f"{MODULES[module]}.{owner}" if method == "forward" else None
    if module.startswith("torch.optim.") and module.rpartition(".")[2] in OPTIMIZERS:
        owner, _, method = name.partition(".")
        if method == "step":
            return f"torch.optim.{name}"
        return f"torch.optim.{owner}" if method == "__init__" else f"{module}.{name}" if name in OPTIMIZERS else None
    if module.startswith(("sklearn.metrics.", "scipy.special.", "scipy.stats.")):
        package = ".".join(module.split(".")[:2])
        public = "." not in name and not name.startswith("_") and hasattr(sys.modules.get(package), name)
        return f"{package}.{name}" if public else None
    return None


class Watch:
    """Measures a call: ``with Watch(library, file) as watch: ...``, then its attributes.

    Attributes:
        peak: elements of the largest tensor that a torch operation returned, but no more than its storage has, so that
            an expanded view counts little; or, if larger, the peak of the memory that Python and NumPy allocated, in
            units of 8 bytes, one float64.
        steps: how often a line of the program ran, counting one more for each jump back to it.
        used: name and program line of each library implementation that was called, directly or indirectly. Calls inside
            such an implementation are not listed.
    """

    def __init__(self, library: Library, file: str) -> None:
        self.library, self.file = library, file
        self.peak = self.steps = 0
        self.used: list[tuple[str, int | None]] = []
        self._codes: dict[CodeType, str | None] = {}
        self._inside: FrameType | None = None
        self._mode: Any = None
        self._base = 0

    def __enter__(self) -> Watch:
        import tracemalloc

        if self.library.torch is not None:
            self._mode = _largest(self)
            self._mode.__enter__()
        self._was_tracing = tracemalloc.is_tracing()
        if not self._was_tracing:
            tracemalloc.start()
        tracemalloc.reset_peak()
        self._base = tracemalloc.get_traced_memory()[0]
        self._profiler, self._tracer = sys.getprofile(), sys.gettrace()
        sys.setprofile(self._event)
        sys.settrace(self._step)
        return self

    def __exit__(self, *error: object) -> None:
        import tracemalloc

        sys.settrace(self._tracer)
        sys.setprofile(self._profiler)
        if tracemalloc.is_tracing():  # otherwise the program has stopped it
            self.peak = max(self.peak, (tracemalloc.get_traced_memory()[1] - self._base) // 8)
            if not self._was_tracing:
                tracemalloc.stop()
        if self._mode is not None:
            self._mode.__exit__(None, None, None)

    def _step(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != self.file:
            return None
        self.steps += event == "line"
        return self._step

    def _event(self, frame: FrameType, event: str, argument: Any) -> None:
        if self._inside is not None:
            if event == "return" and frame is self._inside:
                self._inside = None
        elif event == "call":
            code = frame.f_code
            if code not in self._codes:
                self._codes[code] = None if code.co_filename == self.file else _name(frame)
            name = self._codes[code]
            if name is not None:
                if code is Seen.__call__.__code__:
                    del self._codes[code]  # one code object serves several names
                self._inside = frame
                self._add(name, frame)
        elif event == "c_call" and argument.__name__ in C_FUNCTIONS:
            module = getattr(argument, "__module__", None) or type(getattr(argument, "__self__", None)).__module__
            if str(module).startswith("torch"):
                self._add(C_FUNCTIONS[argument.__name__], frame)

    def _add(self, name: str, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        call = (name, frame.f_lineno if frame is not None else None)
        if call not in self.used and len(self.used) < USED:
            self.used.append(call)


def _largest(watch: Watch) -> Any:
    """A torch dispatch mode that notes the largest result of an operation in ``watch.peak``."""
    from torch.utils._python_dispatch import TorchDispatchMode

    tensor = watch.library.tensor

    class Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # skipping dynamo would import it, which takes seconds under tracing

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = func(*args, **(kwargs or {}))
            for part in result if isinstance(result, (tuple, list)) else (result,):
                if isinstance(part, tensor) and part.layout is watch.library.strided:
                    stored = part.untyped_storage().nbytes() // part.element_size()
                    watch.peak = max(watch.peak, min(part.numel(), stored))
            return result

    return Largest()  # type: ignore[no-untyped-call]
