"""``python -m benchmarks``: run and print; with ``--out``, write JSON, Markdown and charts."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import SYSTEMS
from benchmarks._row import OURS, NotHere, Options, limits_of, rows_of


def run(systems: Sequence[str], options: Options, only: str = "", memory: bool = True) -> dict[str, Any]:
    """Measure, with progress on standard error. If a system or a row fails, the run goes on."""
    from benchmarks import _harness, _machine, _memory

    start, limits, busy, rows, errors = perf_counter(), {}, {}, [], {}
    for system in systems:
        try:
            todo = [row for row in rows_of(system, options) if only in f"{system}/{row.key}"]
        except NotHere as error:
            errors[system] = str(error)
            _say(f"{system} is not measured: {error}.")
            continue
        except Exception as error:
            errors[system] = _harness.reason(error)
            continue
        if todo:
            busy[system] = _machine.busy()
            limits[system] = limits_of(system, options.quick)
        for row in todo:
            _say(f"{perf_counter() - start:4.0f} s  {system}/{row.key}: {row.title}", end=" ... ")
            peak = (lambda name, system=system, row=row: _memory.peak(system, row, name, options)) if memory else None
            try:
                measured = _harness.measure(row, options, peak)
            except Exception as error:
                errors[f"{system}/{row.key}"] = _harness.reason(error)
                _say(errors[f"{system}/{row.key}"])
                continue
            found = _harness.as_json(measured, system, max(limits[system].values()))
            rows.append(found)
            _say(_summary(found))
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "quick": options.quick,
        "seconds": round(perf_counter() - start),
        "machine": _machine.machine(),
        "versions": _machine.versions(),
        "limits": limits,
        "busy": busy,
        "rows": rows,
        "errors": errors,
    }


def _summary(row: dict[str, Any]) -> str:
    from benchmarks._words import duration

    parts = []
    for name, cell in row["contestants"].items():
        if "error" in cell:
            parts.append(f"{name}: {cell['error']}")
            continue
        ratio = f" ({cell['ratio']:.3g}×)" if name != OURS and cell["ratio"] else ""
        parts.append(f"{name} {duration(cell['median'])}{ratio}{'' if cell['agrees'] else ' DIFFERS'}")
    return ", ".join(parts)


def _say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Compare byhand with other libraries, in one run."
    )
    parser.add_argument("systems", nargs="*", metavar="NAME", help=f"one or more of {', '.join(SYSTEMS)}; default: all")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, one or two repeats: a test, not a measurement"
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="only rows with TEXT in system/key")
    parser.add_argument(
        "--compile-steps", action="store_true", help="also optimizers under torch.compile: takes minutes"
    )
    parser.add_argument(
        "--memory", action=argparse.BooleanOptionalAction, help="measure peaks of memory; default: yes, unless --quick"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="write benchmarks.json, .md and charts to DIR")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.systems if name not in SYSTEMS]:
        parser.error(f"`NAME` must be one of {', '.join(SYSTEMS)}, got {unknown[0]}.")
    memory = not given.quick if given.memory is None else given.memory
    options = Options(given.quick, given.compile_steps)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache  # torch.compile starts without a cache, as for a new user
        results = run(given.systems or SYSTEMS, options, given.only, memory)
    from benchmarks import render

    if not results["rows"]:
        _say("Nothing was measured: " + ("; ".join(results["errors"].values()) or "no row has this name") + ".")
        return 2
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "benchmarks.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
        render.write(given.out)
    else:
        print(render.tables(results))
        if given.quick:
            print(f"\n{render.QUICK}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
