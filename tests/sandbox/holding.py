"""Whether a cell can be sealed on this machine; where it can't, the tests of what holds have nothing to test."""

from functools import cache

import pytest

from byhand.sandbox import Cell, Stopped


@cache
def why_not():
    with Cell(with_torch=False) as cell:
        try:
            cell.ready()
        except Stopped as stop:
            if stop.kind == "not sealed":
                return stop.detail
            raise
    return ""


def need_a_seal():
    if why_not():
        pytest.skip(why_not())
