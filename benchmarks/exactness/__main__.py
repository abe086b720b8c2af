"""``python -m benchmarks.exactness``: measure accuracy, and write docs/exactness.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

import torch

from benchmarks.exactness import cross_entropy, kl_divergence, optimizers, roc_auc, sweep
from benchmarks.exactness.text import machine, wrapped

PAGE = Path(__file__).parents[2] / "docs" / "exactness.md"

HEAD = """\
# How exact byhand is

`python -m benchmarks.exactness` measures every number on this page, and writes the page. The other libraries are
measured in the same run, on the same inputs. {which}

{machine}

How to read it: a float32 number has 24 significant bits, so rounding the exact result to float32 makes a relative error
of up to 6e-8. A largest error of about 6e-8 is the best that float32 allows; 1 means that no digit is correct.
"""


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exactness", description=__doc__)
    parser.add_argument("--sample", type=int, metavar="N", help="compare exp and log on N float32 numbers, not all 2³²")
    parser.add_argument("--out", type=Path, default=PAGE, help="the file to write (default: docs/exactness.md)")
    given = parser.parse_args()
    which = (
        "exp and log were compared on all 2³² float32 numbers."
        if given.sample is None
        else f"A quick run: exp and log were compared on a sample of {given.sample:,} float32 numbers, not on all 2³²."
    )
    parts = [HEAD.format(which=which, machine=machine())]
    torch.manual_seed(0)
    for name, section in (
        ("exp and log", lambda: sweep.section(given.sample)),
        ("cross-entropy", cross_entropy.section),
        ("KL divergence", kl_divergence.section),
        ("ROC AUC", roc_auc.section),
        ("optimizers", optimizers.section),
    ):
        start = perf_counter()
        parts.append(section())
        print(f"{name}: {perf_counter() - start:.0f} s", file=sys.stderr)
    given.out.parent.mkdir(exist_ok=True)
    given.out.write_text(wrapped("\n".join(parts)), encoding="utf-8")


if __name__ == "__main__":
    main()
