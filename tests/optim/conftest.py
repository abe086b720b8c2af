import pytest

import byhand


@pytest.fixture(autouse=True, params=["formula", "auto"])
def backend(request):
    """Every promise twice: with torch's operations, bit for bit as torch.optim, and with kernels, within roundings."""
    with byhand.backend(request.param):
        yield request.param
