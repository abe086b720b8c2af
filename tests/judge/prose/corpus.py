"""The formulas of right.md, relatives.md and wrong.md, typed as people write them; the judge's reading of one."""

import re
from pathlib import Path

from byhand.judge.prose.judging import read_text
from byhand.judge.reading.notebook import read

HERE = Path(__file__).parent


def entries(name):
    """The texts of a file, which lines of --- divide; of a wrong one, without the line of its pages."""
    return [entry.strip("\n") for entry in re.split(r"^---$", (HERE / name).read_text("utf-8"), flags=re.MULTILINE)]


def wrong():
    """Each wrong text, with the pages that it should get."""
    for entry in entries("wrong.md"):
        pages, _, text = entry.partition("\n")
        yield pages.removeprefix("<!-- ").removesuffix(" -->").split(), text


def reading(text, file="text.md"):
    """What the judge says of a Markdown text without any code."""
    return read_text(read(text.encode(), file), [])


def named(text):
    """The pages that a text gets."""
    return [finding.mistake for judgement in reading(text).judgements for finding in judgement.findings]
