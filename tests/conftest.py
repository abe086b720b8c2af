import pytest
import torch


@pytest.fixture(autouse=True)
def fresh_seed():
    """Each test starts from the same random numbers, whatever ran before it."""
    torch.manual_seed(0)
