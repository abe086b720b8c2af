"""``python -m mending.several``: programs with two to four mistakes: how many ``--fix`` names exactly, and makes right.

With a number, only every so many of them.
"""

import sys
from dataclasses import dataclass
from multiprocessing import get_context
from time import process_time

from byhand.judge.diagnosis import clinic
from byhand.judge.mending.acceptance import MENDED
from mending.compound import compounds
from mending.corpus import fix_of

PROCESSES = 2


@dataclass(frozen=True)
class Several:
    """What became of a program with several mistakes."""

    name: str
    pages: frozenset[str]
    named: frozenset[str]
    mended: bool
    seconds: float


def mistakes(pages):
    """Those of some pages, or "", that are mistakes and no conventions."""
    return frozenset(page for page in pages if page and clinic.page(page).kind == "mistake")


def named(judgement):
    """The mistakes that a judgement names."""
    return mistakes(finding.mistake for finding in judgement.findings)


def result(case):
    """Judge a program with mends, and the changed program again."""
    name, text, pages = case
    begun = process_time()
    judgement, _, after = fix_of(text.encode(), "x.py")
    done = after is not None and after.verdict in MENDED
    return Several(name, mistakes(pages), named(judgement), done, process_time() - begun)


def row(one):
    """The line that is printed of a program."""
    exact = "named" if one.named == one.pages else "     "
    mended = "mended" if one.mended else "      "
    missed = [f"−{page}" for page in sorted(one.pages - one.named)]
    wrong = [f"+{page}" for page in sorted(one.named - one.pages)]
    return f"{exact} {mended} {one.seconds:5.1f} s  {one.name}: {' '.join([*sorted(one.pages), *missed, *wrong])}"


def share(name, found):
    """How many there are, as words."""
    return f"{name} {sum(found)} of {len(found)} ({sum(found) / max(len(found), 1):.0%})"


def main():
    """Print a line for each program that is not named or mended as it should be, then the shares."""
    step = int(sys.argv[1]) if sys.argv[1:] else 1
    shares = []
    with get_context("spawn").Pool(PROCESSES) as pool:
        for size in (2, 3, 4):
            found = []
            for one in pool.imap(result, [*compounds(size)][::step]):
                found.append(one)
                if one.named != one.pages or not one.mended:
                    print(row(one), flush=True)
            exact = share("exact", [one.named == one.pages for one in found])
            wrong = share("wrong", [not one.named <= one.pages for one in found])
            mended = share("mended", [one.mended for one in found])
            shares.append(f"{size} mistakes: {exact}, {wrong}, {mended}")
    print(*shares, sep="\n")


if __name__ == "__main__":
    main()
