"""The figures of the corpus: shares of complete answers, of undeserved ✗, and of mistakes that are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from field.corpus import GOOD, NOT_YET, Result


@dataclass(frozen=True)
class Share:
    """A count out of a total."""

    count: int
    of: int

    @property
    def percent(self) -> float:
        """100 if the total is 0, so that no floor is missed."""
        return 100 * self.count / self.of if self.of else 100.0

    def __str__(self) -> str:
        return f"{self.percent:5.1f} %  {self.count:3d} of {self.of}" if self.of else "      –    none"


def figures(results: Sequence[Result]) -> dict[str, Share]:
    """Shares by name, in the order in which they are printed."""

    def share(of: Callable[[Result], bool], has: Callable[[Result], bool]) -> Share:
        among = [result for result in results if of(result)]
        return Share(sum(map(has, among)), len(among))

    def expects(*verdicts: str) -> Callable[[Result], bool]:
        return lambda result: bool({*verdicts} & {*result.thing.expected})

    def innocent(result: Result) -> bool:
        return not result.thing.wrong

    def listed(result: Result) -> bool:
        return bool(result.thing.file and result.thing.kind != "not in the table")

    def now(result: Result) -> bool:
        return listed(result) and not expects(*NOT_YET)(result)

    def accused(result: Result) -> bool:
        return result.accused

    def whole(result: Result) -> bool:
        return result.whole

    return {
        "answered rightly and wholly": share(now, whole),
        "✗ not deserved": share(innocent, accused),
        "right, conventional or fragile ones accused": share(expects(*GOOD, "fragile"), accused),
        "wrong ones caught": share(expects("mistaken", "stopped"), lambda result: result.caught),
        "wrong ones named rightly": share(expects("mistaken", "stopped"), whole),
        "wrong ones called right": share(expects("mistaken", "stopped"), lambda result: result.answer.verdict in GOOD),
        "fragile told with the true edge": share(expects("fragile"), lambda result: result.at_edge),
        "left alone as they should be": share(expects("not judged"), whole),
        "blocked, and said so": share(expects("blocked"), whole),
        "todo": share(expects("todo"), whole),
        "library": share(expects("library"), whole),
        "ours": share(lambda _: True, lambda result: result.answer.verdict == "ours"),
    }


def by_kind(results: Sequence[Result]) -> dict[str, Share]:
    """The share of complete answers for each kind, those with the most faults first."""
    kinds = {result.thing.kind for result in results}
    shares = {
        kind: Share(sum(r.whole for r in results if r.thing.kind == kind), sum(r.thing.kind == kind for r in results))
        for kind in kinds
    }
    return dict(sorted(shares.items(), key=lambda item: (item[1].count - item[1].of, item[0])))
