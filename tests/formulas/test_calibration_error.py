import numpy as np
import pytest
import torch

from byhand.formulas import calibration_error


def by_bins(p, y, bins):
    """ECE bin by bin, with NumPy."""
    total = 0.0
    for b in range(bins):
        own = (np.minimum(np.floor(p * bins), bins - 1)) == b
        if own.any():
            total += own.mean() * abs(y[own].mean() - p[own].mean())
    return total


@pytest.mark.parametrize("bins", [1, 4, 15])
def test_is_the_mean_distance_over_bins(bins):
    rng = np.random.default_rng(bins)
    p = rng.random(500)
    y = rng.random(500) < p**2
    ours = calibration_error(torch.from_numpy(p), torch.from_numpy(y), bins).item()
    assert ours == pytest.approx(by_bins(p, y, bins), rel=1e-12)


def test_the_share_of_positives_is_calibrated_and_certainty_is_not():
    y = torch.tensor([True, False, False, False])
    assert calibration_error(torch.full((4,), 0.25), y) == 0
    assert calibration_error(torch.tensor([0.0, 1.0, 1.0, 1.0]), y) == 1
