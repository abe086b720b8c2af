"""``make field``: the judge on realistic learners' files. Exits with 1 if it fails, or for a new undeserved ✗."""

from __future__ import annotations

import sys
from multiprocessing import get_context

from field.corpus import Result, judged, results, things
from field.figures import by_kind, figures

PROCESSES = 2


def main() -> int:
    """Judge all files, or those whose paths contain one of the given words; print figures and faults."""
    words = sys.argv[1:]
    expected = [thing for thing in things() if not words or any(word in thing.file for word in words)]
    files = sorted({thing.file for thing in expected})
    found: list[Result] = []
    with get_context("spawn").Pool(PROCESSES) as pool:
        for file, answers in zip(files, pool.imap(judged, files), strict=True):
            new = results([thing for thing in expected if thing.file == file], answers)
            for result in new:
                if not result.whole:
                    _tell(result)
            found += new
    for result in found:
        if result.thing.today and not result.accused:
            print(f"mended: {result.thing.file}  {result.thing.name} (delete its `today` from the table)")
    print(f"\n{len(files)} files, {len(expected)} definitions in the table\n")
    for name, share in figures(found).items():
        print(f"  {name:44} {share}")
    print("\nwhole answers by kind\n")
    for kind, share in by_kind(found).items():
        print(f"  {kind:44} {share}")
    return any(result.answer.verdict == "ours" or _unheard_of(result) for result in found)


def _unheard_of(result: Result) -> bool:
    """Whether it gets an undeserved ✗ that is not in the table."""
    return result.accused and not result.thing.wrong and not result.thing.today


def _tell(result: Result) -> None:
    """A line for the definition, with the expected and the observed answer below."""
    thing = result.thing
    pages = ", ".join(" or ".join(page) for page in thing.pages) or ", ".join(thing.edges)
    mark = "✗ " if result.accused and not thing.wrong else "  "
    print(f"{mark}{thing.file}  {thing.name}  [{thing.kind}]")
    print(f"      expected {' or '.join(thing.expected)} {thing.task} {pages}")
    print(f"      got      {result.answer}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
