import pytest

import byhand
from byhand import kernels


@pytest.fixture(autouse=True, params=["formula", "auto", "torch"])
def backend(request, monkeypatch):
    """Every promise with torch's operations, bit for bit as torch.optim, and with kernels, within roundings.

    "torch" is the best choice where no engine but torch's loads.
    """
    if request.param == "torch":
        monkeypatch.setattr(kernels, "ENGINES", ("torch",))
    with byhand.backend("formula" if request.param == "formula" else "auto"):
        yield request.param
