"""Four processes, gloo between them: uneven and empty shards give the bits of one process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RANKS = Path(__file__).with_name("ranks.py")


@pytest.mark.timeout(240)
@pytest.mark.xdist_group("ranks")
def test_four_ranks(tmp_path):
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(RANKS.parents[1]), *sys.path]),
        "OMP_NUM_THREADS": "1",
    }
    ranks = [
        subprocess.Popen(
            [sys.executable, str(RANKS), str(rank), str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        for rank in range(4)
    ]
    try:
        outputs = [rank.communicate(timeout=200)[0] for rank in ranks]
    finally:
        for rank in ranks:
            rank.kill()
    for number, output in enumerate(outputs):
        assert output.endswith("done\n"), f"rank {number}:\n{output}"
