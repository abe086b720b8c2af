"""Each page of the clinic is true: its change runs, its numbers are those that come out, in both languages."""

import re

import pytest

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.examples import example

PAGES = {page.id: page for page in clinic.all_pages()}
HEADS = {
    "en": ("Why it matters", "When it is not wrong", "Write instead"),
    "zh": ("后果", "什么时候不算错", "应该写"),
}
TERMS = {
    "损失": "loss",
    "截断": "clamp",
    "名次": "rank",
    "正确类别": "真实类别",
    "对数概率": "log 概率",
    "二元交叉熵": "二分类交叉熵",
    "步子": "步长",
}
"""One Chinese word for one thing: what another word stood for before."""
CONVENTION_HEADS = {"en": ("What it changes", "Where it is used", "To match"), "zh": ("影响", "出处", "如需一致")}

each = pytest.mark.parametrize("page", [pytest.param(page, id=id) for id, page in PAGES.items()])


@each
def test_a_page_has_all_its_parts_in_both_languages(page):
    heads = CONVENTION_HEADS if page.kind == "convention" else HEADS
    for lang in ("en", "zh"):
        text = page.text(lang)
        assert text.title
        assert 20 <= len(text.summary) <= 400
        for head in heads[lang]:
            assert text.part(head), f"{page.id}, {lang}: no paragraph **{head}…**"
    assert re.search(r"[\u4e00-\u9fff]", page.zh.title)
    assert not re.search(r"[\u4e00-\u9fff]", page.en.title + page.en.body)


@each
def test_the_chinese_is_spaced_and_worded_alike(page):
    shown = re.sub("`[^`]*`", "`code`", f"{page.zh.title}\n\n{page.zh.flowing}")
    punctuation, han, latin = "，。；：、？！（）《》", "\u4e00-\u9fff", "A-Za-z0-9`"
    assert re.findall(f".{{,9}}(?:[{punctuation}] |(?<![*]) [{punctuation}]).{{,9}}", shown) == []
    assert re.findall(f".{{,9}}(?:[{han}][{latin}]|[{latin}][{han}]).{{,9}}", shown) == []
    for term, instead in TERMS.items():
        assert term not in shown, f"{page.id}: {instead} in place of {term}"


@each
def test_no_line_begins_with_a_number_that_reads_as_a_list(page):
    assert re.findall(r"\n\d+\.\d.*", page.en.body + page.zh.body) == []


def test_only_pages_without_a_line_are_without_numbers():
    assert [page.id for page in PAGES.values() if page.line and not page.example] == []
    assert len(PAGES) >= 90


@each
def test_each_change_of_a_page_compiles(page):
    for formula in (page.formula, *page.also):
        for change in page.changes():
            assert clinic.changed(formula, [change]) != clinic.source(formula)
            clinic.program(formula, (change,))
    for name in page.same:
        assert page.name in PAGES[f"{page.formula}/{name}"].same


@pytest.mark.parametrize("page", [pytest.param(page, id=id) for id, page in PAGES.items() if page.example])
def test_the_numbers_of_a_page_come_out(page):
    assert example(page) == page.right
    if page.becomes:
        assert example(page, (next(page.changes()),)) == page.wrong
    assert page.right != page.wrong
    for number in re.findall(r"-?\d+\.\d+(?:e[-+]\d+)?|inf|nan|[A-Z]\w+Error", page.wrong):
        for lang in ("en", "zh"):
            assert number.replace("inf", "∞") in page.text(lang).body.replace("inf", "∞").replace("−", "-"), (
                f"{page.id}, {lang}: the text does not show {number}"
            )
