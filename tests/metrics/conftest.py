import numpy as np
import pytest


@pytest.fixture
def close():
    """Whether two results are equal up to rounding, nan equal to nan, and of the type scikit-learn gives."""
    ulps = 8 * np.finfo(np.float64).eps  # theirs sums rounded rates, ours rounds once

    def compare(ours, theirs):
        assert type(ours) is (np.ndarray if isinstance(theirs, np.ndarray) else float)
        np.testing.assert_allclose(ours, theirs, rtol=ulps, atol=ulps)
        return True

    return compare
