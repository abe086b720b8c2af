"""More than two classes: which there are, and which column of scores belongs to which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from byhand.evaluate.reading.columns import Resolver
from byhand.evaluate.reading.question import Question
from byhand.evaluate.reading.refused import Phrase, Refused

MOST_CLASSES = 32
"""Classes of a log, at most: so many rankings share the memory of a pass."""


def with_classes(question: Question, resolver: Resolver, files: str) -> Question:
    """The question with the classes of a log, ascending, and the scores in their order; ``files`` is for messages.

    Raises:
        Refused: there are fewer or more classes than scores, or too many, or less than two.
    """
    classes = _classes(question, resolver)
    if not classes and question.where is not None:
        raise Refused("no rows where", got=question.where, files=files)
    if not 2 <= len(classes) <= MOST_CLASSES:
        n = str(len(classes)) if len(classes) < 2 else Phrase("more")
        raise Refused("number of classes", label=question.label, most=MOST_CLASSES, n=n)
    scores = [one for given in question.scores for one in expanded(given, resolver.known)]
    if len(scores) != len(classes):
        fill = {"n": len(classes), "classes": ", ".join(classes), "k": len(scores), "scores": ", ".join(scores)}
        raise Refused("classes", label=question.label, **fill)
    return replace(question, classes=classes, scores=tuple(in_order_of(classes, scores)))


def expanded(given: str, columns: Collection[str]) -> list[str]:
    """The columns that a name with ``*`` means; a column or an expression is itself.

    >>> expanded("p_*", ["y", "p_cat", "p_dog"]), expanded("p_cat * 2", ["y", "p_cat", "p_dog"])
    (['p_cat', 'p_dog'], ['p_cat * 2'])
    """
    found = [column for column in columns if fnmatchcase(column, given)] if "*" in given else []
    return [given] if given in columns else found or [given]


def in_order_of(classes: Sequence[str], scores: Sequence[str]) -> list[str]:
    """The scores in the order of the classes: as their names say, else as they come.

    Names say it if they differ in the name of a class only.

    >>> in_order_of(["cat", "dog"], ["p_dog", "p_cat"]), in_order_of(["cat", "dog"], ["p_1", "p_0"])
    (['p_cat', 'p_dog'], ['p_1', 'p_0'])
    """
    for score in scores:
        for at in range(len(score)):
            if score.startswith(classes[0], at):
                before, after = score[:at], score[at + len(classes[0]) :]
                named = [f"{before}{one}{after}" for one in classes]
                if sorted(named) == sorted(scores):
                    return named
    return list(scores)


def _classes(question: Question, resolver: Resolver) -> tuple[str, ...]:
    """The labels of rows under the question's condition, ascending, one more than allowed at most."""
    value, _, missing = resolver.class_value(question.label)
    where = resolver.condition(question.where)
    distinct = f"SELECT DISTINCT {value} AS value FROM {resolver.source} WHERE {where} AND NOT {missing}"
    query = f"SELECT CAST(value AS VARCHAR) FROM ({distinct}) ORDER BY value LIMIT {MOST_CLASSES + 1}"
    return tuple(row[0] for row in resolver.connection.execute(query).fetchall())
