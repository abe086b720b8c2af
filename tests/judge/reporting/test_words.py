"""What tasks say in English words has its Chinese: edges, calling conventions, notes."""

import re
from pathlib import Path

import numpy as np

import byhand.judge
from byhand.judge.judge import candidates
from byhand.judge.optimizers.stream import LEFT
from byhand.judge.phrases import after, equals, named, of_sandbox, of_shape, together
from byhand.judge.reading.blocks import MENDED
from byhand.judge.reading.notebook import read
from byhand.judge.reading.syntax import TOO_MUCH
from byhand.judge.reporting.texts import CALLING, EDGES, NOTES, PROBLEMS, REASONS, RESULTS
from byhand.judge.reporting.words import calling, written
from byhand.sandbox import Reason, outcome

HERE = Path(__file__).parents[1]


def test_edges_and_ways_of_calling_are_translated(part):
    edges, words = set(), set()
    for file in part(sorted((*HERE.glob("wheats/*/*.py"), *HERE.glob("chaffs/*/*.py"))), 8):
        for definition in read(file.read_bytes(), file.name).definitions:
            for task in candidates(definition)[:1]:
                for way in list(task.conventions(definition))[:4]:
                    edges |= {probe.name for probe in task.edges(way, np.random.default_rng(0))}
                    for key, value in way.describe().items():
                        words |= {(key, word) for word in value.split(", ")}
    assert edges
    assert edges <= EDGES.keys()
    lost = {(key, word) for key, word in words if word not in CALLING.get(key, {})}
    lost = {pair for pair in lost if not re.match(r"^(in |class with )?[\w.+-]+$", pair[1])}
    assert lost == set()


def test_what_is_left_out_is_said_in_both_languages():
    assert PROBLEMS.keys() == TOO_MUCH | MENDED


def test_notes_are_translated():
    source = "".join(file.read_text() for file in Path(byhand.judge.__file__).parent.rglob("*.py"))
    notes = set(re.findall(r'note="([^"]+)"', source))
    assert notes
    assert notes <= NOTES.keys()


def test_a_way_of_calling_and_a_number_in_chinese():
    assert (
        calling({"arguments": "logits, class indices", "result": "mean"}, "zh")
        == "识别为：参数为 logits、类别下标；返回平均值"
    )
    optimizer = {"interface": "class with step", "parameters": "a list", "gradients": "in .grad", "result": "in place"}
    assert calling(optimizer, "zh") == "识别为：带 step() 的类；参数放在列表里，梯度取自 .grad，原地更新"
    assert calling({"result": "mean", "lr": "0.1"}, "en") == "result: mean; lr: 0.1"


def test_results_are_translated_by_their_parts():
    result = after(2, equals("parameter 1", 0.5, (0, 2)))
    assert written(result, "en") == "after step 2: parameter 1 [0, 2] = 0.5"
    assert written(result, "zh") == "第 2 步后：参数 1 [0, 2] = 0.5"
    assert written(equals("value", "None"), "zh") == "返回值 = None"
    assert written(of_shape("gradient", (2, 3)), "zh") == "梯度，形状为 (2, 3)"
    assert written(together(["1", "2", "3"]), "en") == "1 and 2 and 3"
    assert written("the value of an exception, and so on", "zh") == "the value of an exception, and so on"


def test_reasons_of_the_sandbox_are_told_in_the_language():
    why = Reason("no start", {"why": Reason("crashed", {"words": "Segmentation fault", "name": "SIGSEGV"})})
    assert str(why) == written(of_sandbox(why), "en") == "The sandbox did not start: It crashed: Segmentation fault."
    assert written(of_sandbox(why), "zh") == "沙箱没有启动成功：它崩溃了（SIGSEGV）。"
    assert REASONS.keys() == outcome.REASONS.keys()
    assert not REASONS.keys() & RESULTS.keys()
    source = "".join(file.read_text() for file in Path(byhand.judge.__file__).parents[1].rglob("*.py"))
    used = set(re.findall(r'\b(?:Reason\(|missing\.append\(\()"([^"]+)"', source))
    assert len(used) > 12
    assert used <= REASONS.keys()


def test_every_phrase_has_its_words():
    source = "".join(file.read_text() for file in Path(byhand.judge.__file__).parent.rglob("*.py"))
    keys = set(re.findall(r'\bPhrase\("([^"]+)"', source))
    keys |= {named(name).key for name in re.findall(r'\b(?:equals|of_shape|named)\("([^"]+)"', source)}
    keys |= {named(LEFT).key.replace("{}", "{n}"), named("parameter 1").key}
    assert len(keys) > 8
    assert keys == RESULTS.keys()
