"""What each of four gloo ranks does in test_distributed.py: ``python ranks.py RANK FOLDER``."""

import sys
import traceback
import warnings
from pathlib import Path

import pytest
import torch.distributed as dist

from byhand.evaluate import GroupAuc, Probabilities, all_merge, ranking
from byhand.metrics import RocAuc
from prediction_logs import exact_auc, log

WORLD = 4
ENDS = (0, 100, 100, 31_000, 40_000)  # the second rank has no rows


def main(rank, folder):
    warnings.simplefilter("error")
    dist.init_process_group("gloo", init_method=f"file://{folder / 'store'}", rank=rank, world_size=WORLD)
    y, s = log(ENDS[-1], "float64")
    own = slice(ENDS[rank], ENDS[rank + 1])
    metric = RocAuc(process_group=dist.group.WORLD)
    metric.update(y[own], s[own])
    assert metric.compute() == exact_auc(y, s)
    assert metric.interval().exact
    assert metric._ranking.rows == ENDS[rank + 1] - ENDS[rank]

    ranking.LEAST = 1
    metric = RocAuc(memory=1 << 16, process_group=dist.group.WORLD)
    parts = [(y[own][i : i + 7000], s[own][i : i + 7000]) for i in range(0, own.stop - own.start, 7000)]
    assert metric.finish(parts, first=True) == exact_auc(y, s)
    assert metric.interval().exact
    assert metric._ranking.n_passes > 1

    pair = dist.new_group([1, 3])
    if rank in (1, 3):
        metric = RocAuc(process_group=pair)
        metric.update(y[own], s[own])
        last = slice(ENDS[3], ENDS[4])
        assert metric.compute() == exact_auc(y[last], s[last])

    groups, state = GroupAuc(), Probabilities()
    groups.update([rank, rank], [0, 1], [rank, 2])
    state.update(y[own], s[own])
    assert all_merge(groups).mean("groups") == (1 + 1 + 0.5 + 0) / 4
    assert all_merge(state).rows == ENDS[-1]

    metric = RocAuc(memory=(1 << 20) + (rank == 2), process_group=dist.group.WORLD)
    with pytest.raises(ValueError, match="must be a state of the same pass and settings"):
        metric.interval()
    dist.destroy_process_group()
    print("done")


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), Path(sys.argv[2]))
    except BaseException:
        traceback.print_exc(file=sys.stdout)
        raise
