import numpy as np
import pytest
import torch

from byhand import formulas
from byhand.metrics import calibration_error

rng = np.random.default_rng(0)
P = rng.random(500)
Y = rng.random(500) < P**2


@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor, list])
@pytest.mark.parametrize("n_bins", [1, 15])
def test_is_the_formula(convert, n_bins):
    expected = formulas.calibration_error(torch.from_numpy(P), torch.from_numpy(Y), n_bins).item()
    assert calibration_error(convert(Y), convert(P), n_bins=n_bins) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("scale", [1, 1e-12, 1e12])
def test_weights_of_any_size_are_numbers_of_rows(scale):
    w = rng.integers(0, 4, 500)
    expected = calibration_error(np.repeat(Y, w), np.repeat(P, w))
    assert calibration_error(Y, P, sample_weight=w * scale) == pytest.approx(expected, rel=1e-5)


def test_errors():
    with pytest.raises(
        ValueError, match=r"`y_prob` of `calibration_error` must be a probability, from 0 to 1, got 2\.0"
    ):
        calibration_error([0, 1], [0.5, 2.0])
    with pytest.raises(ValueError, match="`sample_weight` of `calibration_error` must be from 0 to"):
        calibration_error([0, 1], [0.5, 0.5], sample_weight=[1.0, -1.0])
    with pytest.raises(ValueError, match="`n_bins` of `calibration_error` must be a whole number, at least 1, got 0"):
        calibration_error([0, 1], [0.5, 0.5], n_bins=0)
