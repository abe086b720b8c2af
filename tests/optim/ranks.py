"""What two gloo ranks do in test_distributed.py; each scenario runs on both and checks against torch.optim.

Run as a program, one process a rank: ``python ranks.py RANK FOLDER BACKEND…``.
"""

import itertools
import sys
import traceback
import warnings
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn

import byhand
from byhand import kernels

WORLD = 2
KERNEL_ULPS = 32  # as in pairs.py
CASES = {
    "sgd": (byhand.optim.SGD, torch.optim.SGD, {"lr": 0.1}),
    "momentum": (byhand.optim.SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "adam": (byhand.optim.Adam, torch.optim.Adam, {"lr": 0.01, "weight_decay": 0.1}),
    "adamw": (byhand.optim.AdamW, torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.1, "amsgrad": True}),
}


def make_model():
    """Sizes that two ranks cannot share evenly; the last bias has one row, so that a rank's shard of it is empty."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 1))


def batches(rank, steps, seed=0):
    generator = torch.Generator().manual_seed(100 * seed + rank)
    return [torch.randn(6, 5, generator=generator) for _ in range(steps)]


def train(model, optimizer, xs):
    for x in xs:
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()


def whole(parameter):
    parameter = parameter.detach()
    return parameter.full_tensor() if hasattr(parameter, "full_tensor") else parameter


def same(a, b):
    """The two models have the same parameters, and not those they began with; with torch's operations bit for bit."""
    ulps = 0 if kernels.current() == "formula" else KERNEL_ULPS * torch.finfo(torch.float32).eps
    for x, start in zip(a.parameters(), make_model().parameters(), strict=True):
        assert not torch.equal(whole(x), start.detach())
    for x, y in zip(a.parameters(), b.parameters(), strict=True):
        torch.testing.assert_close(whole(x), whole(y), rtol=ulps, atol=ulps)


def ddp(rank, folder):
    for ours, theirs, options in CASES.values():
        models = []
        for make in (ours, theirs):
            model = nn.parallel.DistributedDataParallel(make_model())
            train(model, make(model.parameters(), **options), batches(rank, 5))
            models.append(model)
        same(*models)


def shard(model):
    from torch.distributed.fsdp import fully_shard

    for layer in (model[0], model[2]):
        fully_shard(layer)
    return fully_shard(model)


def fsdp2(rank, folder):
    empty = 0
    for ours, theirs, options in CASES.values():
        models = []
        for make in (ours, theirs):
            model = shard(make_model())
            optimizer = make(model.parameters(), **options)
            train(model, optimizer, batches(rank, 5))
            models.append(model)
            for p in model.parameters():
                empty += p.to_local().numel() == 0
                for name, value in optimizer.state[p].items():
                    assert (type(value) is type(p.data)) == (name != "step"), "a moment is sharded as its parameter"
        same(*models)
    counts = torch.tensor([empty])
    dist.all_reduce(counts)
    assert counts.item() > 0, "no shard was empty: the model no longer tests that"


def dtensor(rank, folder):
    """Replicated and sharded parameters by hand, with a gradient that is placed otherwise than its parameter."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Replicate, Shard, distribute_tensor

    mesh = init_device_mesh("cpu", (WORLD,))
    for ours, theirs, options in CASES.values():
        for placement, other in ((Shard(0), Replicate()), (Replicate(), Shard(0)), (Shard(1), Shard(0))):
            start, g = torch.arange(15.0).reshape(3, 5) + 1, torch.linspace(-1, 1, 15).reshape(3, 5)
            p = nn.Parameter(distribute_tensor(start.clone(), mesh, [placement]))
            q = nn.Parameter(start.clone())
            a, b = ours([p], **options), theirs([q], **options)
            for i in range(1, 4):
                p.grad = distribute_tensor(g * i, mesh, [placement])
                p._grad = None if p._grad is None else p._grad.redistribute(placements=[other])
                assert p.grad.placements == (other,)
                q.grad = g * i
                a.step()
                b.step()
            ulps = 0 if kernels.current() == "formula" else KERNEL_ULPS * torch.finfo(torch.float32).eps
            torch.testing.assert_close(whole(p), q.detach(), rtol=ulps, atol=ulps * start.max().item())


def keys(optimizer_state):
    """The names in a distributed checkpoint, of states and of options."""
    states = {name: set(state) for name, state in optimizer_state["state"].items()}
    return states, [set(group) for group in optimizer_state["param_groups"]]


def expected(make, options, rank):
    """The state of torch's optimizer after the same steps."""
    from torch.distributed.checkpoint.state_dict import get_state_dict

    model = shard(make_model())
    optimizer = make(model.parameters(), **options)
    train(model, optimizer, batches(rank, 3))
    return get_state_dict(model, optimizer)[1]


def checkpoint(rank, folder):
    """Save through torch.distributed.checkpoint with one class, go on with the other; both ways."""
    import torch.distributed.checkpoint as dcp
    from torch.distributed.checkpoint.state_dict import get_state_dict, set_state_dict

    for name, (ours, theirs, options) in CASES.items():
        for first, second in ((ours, theirs), (theirs, ours), (ours, ours)):
            path = folder / f"{name}-{first.__module__}-{second.__module__}"
            model = shard(make_model())
            optimizer = first(model.parameters(), **options)
            train(model, optimizer, batches(rank, 3))
            states = get_state_dict(model, optimizer)
            assert keys(states[1]) == keys(expected(theirs, options, rank))
            dcp.save({"model": states[0], "optimizer": states[1]}, checkpoint_id=path)

            resumed = shard(make_model())
            successor = second(resumed.parameters(), **options)
            states = get_state_dict(resumed, successor)
            target = {"model": states[0], "optimizer": states[1]}
            dcp.load(target, checkpoint_id=path)
            set_state_dict(resumed, successor, model_state_dict=target["model"], optim_state_dict=target["optimizer"])
            train(resumed, successor, batches(rank, 3, seed=1))

            reference = shard(make_model())
            train(reference, theirs(reference.parameters(), **options), batches(rank, 3) + batches(rank, 3, seed=1))
            same(resumed, reference)


def zero(rank, folder):
    """ZeroRedundancyOptimizer: each rank keeps the state of its share of the parameters."""
    from torch.distributed.optim import ZeroRedundancyOptimizer

    for ours, theirs, options in CASES.values():
        models = []
        for make in (ours, theirs):
            model = nn.parallel.DistributedDataParallel(make_model())
            optimizer = ZeroRedundancyOptimizer(model.parameters(), optimizer_class=make, **options)
            train(model, optimizer, batches(rank, 5))
            optimizer.consolidate_state_dict(to=0)
            if rank == 0:
                assert optimizer.state_dict()["param_groups"][0]["lr"] == options["lr"]
            models.append(model)
        same(*models)


if __name__ == "__main__":
    _, rank, folder, *backends = sys.argv
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # torch's own, about what it deprecates in itself
    store = dist.FileStore(str(Path(folder) / "store"), WORLD)
    dist.init_process_group("gloo", store=store, rank=int(rank), world_size=WORLD)
    for backend, scenario in itertools.product(backends, (ddp, fsdp2, dtensor, checkpoint, zero)):
        what = f"{scenario.__name__} {backend}"
        try:
            with byhand.backend(backend):
                scenario(int(rank), Path(folder) / backend)
            print(f"{what}: done", flush=True)
        except Exception:
            print(f"{what}: {traceback.format_exc()}", flush=True)
            raise  # the ranks are out of step now: what follows could only hang
    dist.barrier()
    dist.destroy_process_group()
