"""Every array annotation of byhand is checked while the tests run: byhand is imported through jaxtyping's hook."""

import jaxtyping

with jaxtyping.install_import_hook("byhand", "beartype.beartype"):
    pass

import pytest
import torch


@pytest.fixture(autouse=True)
def fresh_seed():
    """Each test starts from the same random numbers, whatever ran before it."""
    torch.manual_seed(0)
