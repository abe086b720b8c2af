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


def number(ids: np.ndarray, bits: int = 16) -> int:
    """Replace (n,) int64 ids by their numbers, in place; the number of different ids.

    >>> ids = np.array([10**15, -7, 10**15, 0])
    >>> number(ids), ids
    (3, array([0, 1, 0, 2]))
    """
    keys, codes = np.empty(1 << bits, i8), np.full(1 << bits, -1, i8)
    row, count = number_ids(ids, 0, keys, codes, 0, 64 - bits)
    while row < len(ids):
        bits += 2
        wider = np.empty(1 << bits, i8), np.full(1 << bits, -1, i8)
        move_ids(keys, codes, *wider, 64 - bits)
        keys, codes = wider
        row, count = number_ids(ids, row, keys, codes, count, 64 - bits)
    return int(count)
