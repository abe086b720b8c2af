"""What tasks say in English words has its Chinese: edges, ways of calling, notes."""

import re
from pathlib import Path

import numpy as np

import byhand.judge
from byhand.judge.judge import candidates
from byhand.judge.reading.notebook import read
from byhand.judge.reading.syntax import TOO_MUCH
from byhand.judge.reporting.told import outcome
from byhand.judge.reporting.words import CALLING, EDGES, NOTES, PROBLEMS, calling

HERE = Path(__file__).parents[1]


def test_edges_and_ways_of_calling_are_translated():
    edges, words = set(), set()
    for file in (*HERE.glob("wheats/*/*.py"), *HERE.glob("chaffs/*/*.py")):
        for definition in read(file.read_bytes(), file.name).definitions:
            for task in candidates(definition)[:1]:
                for way in list(task.conventions(definition))[:4]:
                    edges |= {probe.name for probe in task.edges(way, np.random.default_rng(0))}
                    for key, value in way.describe().items():
                        words |= {key, *value.split(", ")}
    assert edges
    assert edges <= EDGES.keys()
    lost = {word for word in words - CALLING.keys() if not re.match(r"^(in |class with )?[\w.+-]+$", word)}
    assert lost == set()


def test_what_is_left_out_is_said_in_both_languages():
    assert PROBLEMS.keys() == TOO_MUCH


def test_notes_are_translated():
    source = "".join(file.read_text() for file in Path(byhand.judge.__file__).parent.rglob("*.py"))
    notes = set(re.findall(r'note="([^"]+)"', source))
    assert notes
    assert notes <= NOTES.keys()


def test_a_way_of_calling_and_a_number_in_chinese():
    assert (
        calling({"arguments": "logits, class indices", "result": "mean"}, "zh")
        == "参数：logits、类别下标；返回值：平均值"
    )
    assert calling({"result": "mean", "lr": "0.1"}, "en") == "result: mean; lr: 0.1"
    assert outcome("parameter 1 [0, 2] = 0.5", "zh") == "参数 1 [0, 2] = 0.5"
    assert outcome("value = 1", "en") == "value = 1"
