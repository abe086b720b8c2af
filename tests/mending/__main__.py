"""``python -m mending``: of how many wrong programs of the suite ``byhand check --fix`` makes right ones.

With words, only of the programs whose paths have one of them. Exits with 1 if a right program gets a mend.
"""

import sys
from collections import Counter
from multiprocessing import get_context

from byhand.judge.mending.acceptance import TO_MEND
from mending.corpus import programs, result

PROCESSES = 2


def main():
    words = sys.argv[1:]
    files = [str(file) for folder in ("chaffs", "wheats") for file in programs(folder)]
    files = [file for file in files if not words or any(word in file for word in words)]
    found = []
    wrong = False
    with get_context("spawn").Pool(PROCESSES) as pool:
        for one, file in zip(pool.imap(result, files), files, strict=True):
            if "/wheats/" in file:
                if one.changed and one.verdict not in TO_MEND:
                    wrong = True
                    print(f"✗ {one.file} is right, and was changed", flush=True)
            elif one.verdict in TO_MEND:
                found.append(one)
                print(
                    f"{'mended' if one.mended else '      '}  {one.seconds:5.1f} s  {one.file}  {one.page}", flush=True
                )
    all_of, good = Counter(one.kind for one in found), Counter(one.kind for one in found if one.mended)
    print()
    for kind, count in all_of.most_common():
        print(f"  {kind:26} {good[kind]:4} of {count:4}  {good[kind] / count:4.0%}")
    if found:
        print(f"  {'all':26} {good.total():4} of {all_of.total():4}  {good.total() / all_of.total():4.0%}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
