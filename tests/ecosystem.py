"""byhand's optimizers and losses inside other libraries, beside torch's: ``make ecosystem`` prints a table.

Each training of ``trainings.py`` runs three times from the same seed: with torch's optimizer and loss, with byhand's,
and with torch's fused optimizer, whose difference from torch's default shows what rounding alone does.

    python tests/ecosystem.py [PAGE]     # writes the table into this page, between the marks

The libraries are installed into a virtual environment of their own, which is removed afterwards.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

from environment import ROOT, environment
from trainings import CASES, Case, Outcome, Side

MARKS = "<!-- ecosystem -->", "<!-- /ecosystem -->"


def sides() -> tuple[Side, Side, Side]:
    """torch's, ours, and torch's with fused steps."""
    import torch
    from torch import nn
    from torch.nn import functional

    import byhand.losses
    import byhand.optim

    return (
        Side(torch.optim, functional, nn),
        Side(byhand.optim, byhand.losses, byhand.losses),
        Side(torch.optim, functional, nn, {"fused": True}),
    )


def difference(a: Outcome, b: Outcome) -> float:
    """How far two outcomes lie apart, relative to their size: the numbers or the tensors, whichever is more."""
    import torch

    def apart(x: Any, y: Any) -> float:
        return float((x - y).norm() / y.norm())

    assert len(a.numbers) == len(b.numbers) > 0
    tensors = [torch.cat([x.double().flatten() for x in (torch.zeros(1), *side.tensors)]) for side in (a, b)]
    numbers = apart(torch.tensor(a.numbers, dtype=torch.float64), torch.tensor(b.numbers, dtype=torch.float64))
    return max(numbers, apart(*tensors)) if a.tensors else numbers


def outcome(case: Case, side: Side) -> Outcome | str:
    """The outcome of a training, or its error in one line."""
    import torch

    torch.manual_seed(0)
    try:
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            return case.train(side)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


def row(case: Case) -> tuple[str, bool]:
    """A row of the table, and whether the result is torch's."""
    torchs, ours, fused = (outcome(case, side) for side in sides())
    if isinstance(torchs, str):
        return f"| {case.library} {version(case.library)} | {case.what} | torch fails with {torchs} | |", False
    control = "refused" if isinstance(fused, str) else f"{difference(fused, torchs):.0e}"
    same = not isinstance(ours, str) and difference(ours, torchs) <= case.tolerance
    if isinstance(ours, str):
        found = f"fails with {ours}"
    else:
        found = f"{'same' if same else 'differs'}: {difference(ours, torchs):.0e}"
    return f"| {case.library} {version(case.library)} | {case.what} | {found} | {control} |", same


def table() -> tuple[str, bool]:
    """The table, and whether all results are torch's."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    warnings.simplefilter("ignore")
    logging.disable()
    rows, same = zip(*map(row, CASES), strict=True)
    head = "| library | what ran | byhand beside torch | torch's fused beside torch |\n|---|---|---|--:|"
    return "\n".join([head, *rows]), all(same)


def main(page: str | None = None) -> None:
    """Print the table, and write it into a page."""
    text, same = table()
    print(text)
    if page:
        opened, closed = MARKS
        old = Path(page).read_text("utf-8")
        Path(page).write_text(re.sub(f"{opened}.*{closed}", lambda _: f"{opened}\n{text}\n{closed}", old, flags=re.S))
    sys.exit(not same)


if __name__ == "__main__":
    if "--here" in sys.argv:
        main(*[argument for argument in sys.argv[1:] if argument != "--here"])
    with environment("-r", str(Path(__file__).with_suffix(".txt")), str(ROOT)) as python:
        sys.exit(subprocess.run([python, __file__, "--here", *sys.argv[1:]]).returncode)
