"""``make fuzz``: odd files and hostile programs, and their results. Exits with 1 if there is any fault."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator

from byhand.judge.judge import Judge
from byhand.judge.model import Allowance, Judgement
from byhand.judge.reading.notebook import read
from byhand.judge.reporting.words import written
from fuzz import command, hostile, mutants, reader

ALLOWED = Allowance(definition=6.0, file=20.0)
MARGIN = 10.0
"""Seconds beyond the budget after which a sandbox is replaced."""
GOOD = ("right", "convention", "fragile")


def judged(judge: Judge, source: str) -> tuple[Judgement, float]:
    """The judgement of the last definition that is one of the seven, and the seconds for the file."""
    begun = time.perf_counter()
    report = judge.judge(read(source.encode(), "program.py"))
    found = [judgement for judgement in report.judgements if judgement.task] or list(report.judgements)
    return found[-1], time.perf_counter() - begun


def faults_of(judgement: Judgement, seconds: float, may_be: tuple[str, ...]) -> Iterator[str]:
    """Faults of a judgement: a program that is not one of ``GOOD`` may only get a verdict of ``may_be``."""
    if judgement.verdict == "ours":
        yield f"`ours`: {written(judgement.detail, 'en')}"
    if judgement.verdict in GOOD and judgement.verdict not in may_be:
        yield f"a wrong program is called {judgement.verdict}"
    if seconds > ALLOWED.file + MARGIN:
        yield f"it took {seconds:.0f} seconds"


def by_reader(seed: int, count: int) -> Iterator[tuple[str, list[str]]]:
    """Run odd files through the reader, the tasks' recognition, and the report."""
    warnings.simplefilter("error")
    for name, data in reader.inputs(seed, count):
        faults, begun = [], time.process_time()
        try:
            reader.asked(name, data)
        except Exception as error:
            faults.append(f"a traceback: {''.join(traceback.format_exception(error)[-3:])}")
        if (took := time.process_time() - begun) > reader.SECONDS:
            faults.append(f"it took {took:.0f} seconds")
        yield f"{name}: {data[:200]!r}", faults
    warnings.resetwarnings()


def by_command(seed: int, count: int) -> Iterator[tuple[str, list[str]]]:
    """Run odd files through the whole command."""
    for i, (name, data) in enumerate(reader.inputs(seed, count)):
        run = command.run(name, data, seed + i)
        yield f"{run} {run.errors[-300:]!r}", run.faults


def by_programs(seed: int, count: int) -> Iterator[tuple[str, list[str]]]:
    """Run hostile programs, and right ones with one change, through the judge."""
    with Judge(allowed=ALLOWED) as judge:
        for program in hostile.programs(seed, count):
            judgement, seconds = judged(judge, program.source)
            may_be = GOOD if program.right else ()
            yield f"{program.act} ({program.where})", list(faults_of(judgement, seconds, may_be))
        for mutant in mutants.mutants(seed, count):
            judgement, seconds = judged(judge, mutant.source)
            may_be = GOOD if mutant.same else ("convention", "fragile") if mutant.convention else ()
            yield mutant.source, list(faults_of(judgement, seconds, may_be))


def main() -> int:
    """Run all of them, print the figures, and keep the faulty ones."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", type=int, default=3000, help="files for the reader")
    parser.add_argument("--command", type=int, default=300, help="files for the whole command")
    parser.add_argument("--programs", type=int, default=200, help="hostile programs, and as many with one change")
    given = parser.parse_args()
    kinds = ((by_reader, given.reader), (by_command, given.command), (by_programs, given.programs))
    bad = 0
    for kind, count in kinds:
        begun, seen = time.perf_counter(), Counter[str]()
        for what, faults in kind(given.seed, count):
            seen["inputs"] += 1
            for fault in faults:
                seen[fault.partition(":")[0]] += 1
                print(f"{kind.__name__}: {fault}\n    {what[:1500]}", flush=True)
        bad += sum(seen.values()) - seen["inputs"]
        figures = ", ".join(f"{number} × {name}" for name, number in seen.items() if name != "inputs")
        took = time.perf_counter() - begun
        print(f"{kind.__name__}: {seen['inputs']} inputs in {took:.0f} s: {figures or 'no fault'}", flush=True)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
