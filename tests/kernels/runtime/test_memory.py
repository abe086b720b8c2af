"""Where arrays and tensors lie."""

import numpy as np

from byhand.kernels.numba.runtime.memory import address_of


def test_the_address_of_any_array():
    whole = np.arange(6.0)
    fixed = whole.copy()
    fixed.flags.writeable = False
    for x in (
        whole,
        whole[2:],
        whole[::2],
        fixed,
        fixed[1:],
        np.empty(0),
        np.ones(3, bool),
        np.ones((2, 3), np.uint16),
    ):
        assert address_of(x) == x.__array_interface__["data"][0]
