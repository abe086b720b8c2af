"""Numbers 0, 1, 2, … for integers that are far apart, such as users' ids, in the order in which they first come.

An open hash table with linear probing and the multiplier of Fibonacci hashing (Knuth, The Art of Computer Programming,
vol. 3, section 6.4, algorithm L). Bytes that must be moved: 16 a row. In addition, each row looks at about two places
of the table, which is outside of the cache where there are many ids.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.runtime.jit import kernel

i8, u8 = np.int64, np.uint64
MULTIPLIER = u8(0x9E3779B97F4A7C15)


@kernel()
def number_ids(ids, start, keys, codes, count, shift):
    """Replace ids from row ``start`` on by their numbers, as long as the table has room.

    Args:
        ids: (n,) int64, changed in place.
        start: the first row.
        keys: (2ᵏ,) int64, the ids in the table.
        codes: (2ᵏ,) int64, their numbers; −1 in an empty place.
        count: how many ids are in the table.
        shift: 64 − k.

    Returns:
        The first row that was not replaced, and how many ids are in the table.
    """
    mask = len(keys) - 1
    for i in range(start, len(ids)):
        place = i8((u8(ids[i]) * MULTIPLIER) >> u8(shift))
        while codes[place] >= 0 and keys[place] != ids[i]:
            place = (place + 1) & mask
        if codes[place] < 0:
            if 2 * count >= len(keys):
                return i, count
            keys[place] = ids[i]
            codes[place] = count
            count += 1
        ids[i] = codes[place]
    return len(ids), count


@kernel()
def move_ids(keys, codes, wider_keys, wider_codes, shift):
    """Copy a table into a wider, empty one."""
    mask = len(wider_keys) - 1
    for i in range(len(keys)):
        if codes[i] >= 0:
            place = i8((u8(keys[i]) * MULTIPLIER) >> u8(shift))
            while wider_codes[place] >= 0:
                place = (place + 1) & mask
            wider_keys[place] = keys[i]
            wider_codes[place] = codes[i]


class Numbering:
    """The numbers that ids have got so far.

    >>> ids, numbering = np.array([10**15, -7, 10**15, 0]), Numbering()
    >>> numbering.replace(ids)
    >>> ids
    array([0, 1, 0, 2])
    """

    def __init__(self, bits: int = 16) -> None:
        self._bits, self._count = bits, 0
        self._table = self._empty()

    def replace(self, ids: np.ndarray) -> None:
        """Replace (n,) int64 ids by their numbers, in place."""
        row, self._count = number_ids(ids, 0, *self._table, self._count, 64 - self._bits)
        while row < len(ids):
            self._bits += 2
            narrow, self._table = self._table, self._empty()
            move_ids(*narrow, *self._table, 64 - self._bits)
            row, self._count = number_ids(ids, row, *self._table, self._count, 64 - self._bits)

    def _empty(self) -> tuple[np.ndarray, np.ndarray]:
        return np.empty(1 << self._bits, i8), np.full(1 << self._bits, -1, i8)
