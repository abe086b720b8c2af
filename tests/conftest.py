import pytest
import torch


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """No test reads or writes the progress of whoever runs it."""
    monkeypatch.setenv("BYHAND_HOME", str(tmp_path_factory.getbasetemp() / "home"))


@pytest.fixture(autouse=True)
def fresh_seed():
    """Each test starts from the same random numbers, whatever ran before it."""
    torch.manual_seed(0)
