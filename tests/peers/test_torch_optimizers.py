"""torch's own inputs of its optimizers (``optim_db``), run on ours beside torch's."""

import jaxtyping
import pytest
import torch
from torch.testing._internal.common_optimizers import optim_db

from byhand import backend, optim

INFOS = [info for info in optim_db if info.optim_cls.__name__ in optim.__all__]
infos = pytest.mark.parametrize("info", INFOS, ids=lambda info: info.optim_cls.__name__)
ULPS = 32  # as in pairs.py


@pytest.fixture(autouse=True, params=["formula", "auto"])
def computed_by(request):
    with backend(request.param):
        yield


def ours(info):
    return getattr(optim, info.optim_cls.__name__)


def test_all_are_found():
    assert {info.optim_cls.__name__ for info in INFOS} == set(optim.__all__)


def trained(make, options, dtype):
    """The parameters, and the states in their order, after steps of a small network."""
    generator = torch.Generator().manual_seed(1)
    params = [torch.randn(shape, generator=generator, dtype=dtype).requires_grad_() for shape in ((4, 3), (4,), (2, 4))]
    optimizer = make(params, **options)
    x = torch.randn(8, 3, generator=generator, dtype=dtype)
    for _ in range(6):
        optimizer.zero_grad()
        ((x @ params[0].T + params[1]).tanh() @ params[2].T).abs().square().mean().backward()
        optimizer.step()
    kept = [optimizer.state[p][name] for p in params for name in sorted(optimizer.state[p])]
    return [p.detach() for p in params], kept, optimizer.state_dict()


@infos
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64], ids=str)
def test_inputs(info, dtype):
    given = info.optim_inputs_func(device="cpu", dtype=dtype)
    assert given
    for case in given:
        params, states, saved = trained(ours(info), case.kwargs, dtype)
        expected, expected_states, theirs = trained(info.optim_cls, case.kwargs, dtype)
        eps = ULPS * torch.finfo(dtype).eps
        for a, b in zip([*params, *states], [*expected, *expected_states], strict=True):
            torch.testing.assert_close(a, b, rtol=eps, atol=eps * max(1.0, b.abs().max().item()), msg=case.desc)
        assert [set(group) for group in saved["param_groups"]] == [set(group) for group in theirs["param_groups"]]
        assert saved["state"].keys() == theirs["state"].keys()


@infos
def test_errors(info, monkeypatch):
    """What torch's class refuses, ours refuses with an error of the same kind, at the same time."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # it would refuse them first
    for case in info.optim_error_inputs_func(device="cpu", dtype=torch.float32):
        given = case.optimizer_error_input
        for make in (info.optim_cls, ours(info)):
            if case.error_on.name == "CONSTRUCTION_ERROR":
                with pytest.raises(case.error_type):
                    make(given.params, **given.kwargs)
            else:
                optimizer = make(given.params, **given.kwargs)
                with pytest.raises(case.error_type):
                    optimizer.step()
