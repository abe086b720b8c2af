import pytest
import torch

from chromium import MISSING, chromium


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """No test reads or writes the progress of whoever runs it, or sees a site that was built."""
    monkeypatch.setenv("BYHAND_HOME", str(tmp_path_factory.getbasetemp() / "home"))
    monkeypatch.setenv("BYHAND_SITE", "")


@pytest.fixture(autouse=True)
def fresh_seed():
    """Each test starts from the same random numbers, whatever ran before it."""
    torch.manual_seed(0)


def pytest_terminal_summary(terminalreporter):
    """Tests that did not run must not look like tests that passed."""
    if chromium() is None:
        terminalreporter.write_line(MISSING, yellow=True)
