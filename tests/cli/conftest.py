"""A tour small enough to run often."""

from functools import partial

import pytest
from typer.testing import CliRunner

from byhand.cli import app, tour
from byhand.cli._tour.plan import Plan


@pytest.fixture
def small_plan():
    """Trains for a second or two: a function of seed and epochs."""
    return partial(Plan, batch=256, hidden=(8,), student=(4,))


@pytest.fixture
def small(monkeypatch, tmp_path, small_plan):
    """All runs with a few steps each: a function of command line options."""
    monkeypatch.setattr(tour, "QUICK_EPOCHS", 1)
    monkeypatch.setattr(tour, "Plan", small_plan)
    monkeypatch.setattr(tour, "lesson", lambda screen: None)  # slow, and tested elsewhere

    def run(*options, out=tmp_path, **environment):
        arguments = ["tour", "--quick", "--out", str(out), *options]
        return CliRunner(env={"COLUMNS": "200", **environment}).invoke(app, arguments, prog_name="byhand")

    return run
