"""Two processes, gloo between them: DDP, FSDP2 with empty shards, DTensor, distributed checkpoints, ZeRO."""

import subprocess
import sys
from pathlib import Path

import pytest

RANKS = Path(__file__).with_name("ranks.py")
BACKENDS = ["formula", "auto"]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What each rank printed; one pair of processes runs all scenarios, since starting them costs most."""
    folder = tmp_path_factory.mktemp("ranks")
    ranks = [
        subprocess.Popen(
            [sys.executable, str(RANKS), str(rank), str(folder), *BACKENDS],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        return [rank.communicate(timeout=200)[0] for rank in ranks]
    finally:
        for rank in ranks:
            rank.kill()


@pytest.mark.draw(8)
@pytest.mark.timeout(240)
@pytest.mark.xdist_group("ranks")
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("scenario", ["ddp", "fsdp2", "dtensor", "checkpoint", "zero"])
def test_two_ranks(scenario, backend, outputs):
    for rank, output in enumerate(outputs):
        assert f"{scenario} {backend}: done" in output, f"rank {rank}:\n{output}"
