"""Large results get the memory of those before them, once nobody holds it any more and not sooner."""

import threading

import pytest
import torch

from byhand import losses
from byhand.kernels.numba.runtime import blocks as _blocks
from byhand.kernels.numba.runtime.blocks import KEPT, LARGE, empty, output_like, release

N = LARGE // 4  # float32 numbers of the smallest block

keeps = pytest.mark.skipif(not _blocks.CAN_KEEP, reason="the system has no such memory")


@pytest.fixture(autouse=True)
def nothing_kept():
    release()
    _blocks._peaks.clear()
    yield
    release()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.int64])
@pytest.mark.parametrize("shape", [(N,), (3, N), (2, N // 2, 2), (5,), (0, 4), ()])
def test_it_is_a_tensor_like_any_other(dtype, shape):
    x, _ = output_like(torch.empty(shape, dtype=dtype).mT if len(shape) == 2 else torch.empty(shape, dtype=dtype))
    shape = shape[::-1] if len(shape) == 2 else shape
    assert (x.dtype, tuple(x.shape), x.is_contiguous()) == (dtype, shape, True)
    x.fill_(1)
    assert x.sum(dtype=torch.float64) == x.numel()


@keeps
def test_memory_is_used_again_once_nobody_holds_it():
    x = empty(N, torch.float32)
    at = x.data_ptr()
    view = x[5:].view(torch.int32)
    del x
    y = empty(N, torch.float32)
    assert y.data_ptr() != at
    array = view.numpy()
    del view, y
    array[:] = 7
    z = empty(N, torch.float32).fill_(0)
    assert (array == 7).all()
    del array, z
    tensors = [empty(N, torch.float32) for _ in range(KEPT)]
    assert at in {x.data_ptr() for x in tensors}


@keeps
@pytest.mark.parametrize("n", [N, N + 1, 3 * N - 1])
def test_one_block_is_enough_for_one_after_the_other(n):
    """Of whole pages or not."""
    found = set()
    for _ in range(5):
        x, kept = output_like(torch.empty(n))
        found.add((x.data_ptr(), kept))
        del x
    assert len({at for at, _ in found}) == 1
    assert (next(iter(found))[0], True) in found


@keeps
def test_blocks_of_another_size_stay_where_they_are_while_others_are_in_use():
    x, others = empty(8 * N, torch.float32), empty(2 * N, torch.float32)
    at = x.data_ptr()
    del x, others
    assert empty(N, torch.float32).data_ptr() != at
    assert empty(5 * N, torch.float32).data_ptr() == at


@keeps
def test_no_more_is_kept_than_was_lately_in_use():
    """Shapes that do not come back: only the last of each is there."""
    for i in range(40):
        x = empty((8 + 16 * (i % 2)) * N, torch.float32)  # none fits the next
        del x
        assert sum(map(len, _blocks._kept)) <= 24 * LARGE
    for _ in range(_blocks.RECENT):
        x = empty(N, torch.float32)
        del x
    assert sum(map(len, _blocks._kept)) <= LARGE
    tensors = [empty(N, torch.float32) for _ in range(KEPT)]
    tensors.clear()
    assert len(_blocks._kept) == KEPT  # they were in use at once


@keeps
def test_few_blocks_are_kept():
    tensors = [empty(N, torch.float32) for _ in range(KEPT + 3)]
    assert len({x.data_ptr() for x in tensors}) == len(tensors)
    tensors.clear()
    assert len(_blocks._kept) == KEPT
    release()
    assert not _blocks._kept


def test_where_nothing_can_be_kept_memory_is_torchs(monkeypatch):
    monkeypatch.setattr(_blocks, "CAN_KEEP", False)
    x = empty(N, torch.float32).fill_(3)
    del x
    assert not _blocks._kept


@keeps
def test_gradients_that_live_are_left_alone():
    x = torch.randn(64, N // 64, requires_grad=True)
    y = torch.arange(64)
    kept, copies = [], []
    for i in range(4):
        (grad,) = torch.autograd.grad(losses.cross_entropy(x * (i + 1), y), x)
        (own,) = torch.autograd.grad(losses.cross_entropy(x, y), x)
        kept += [grad, own]
        copies += [grad.clone(), own.clone()]
        del grad, own
        if i % 2:
            del kept[0], copies[0]
    assert all(map(torch.equal, kept, copies))


@keeps
def test_tensors_that_die_in_several_threads():
    failed = []

    def work(number):
        for i in range(30):
            x = empty(N, torch.float32)
            x[::4096] = number * 100 + i
            y = x[::4096].clone()
            if not (y == number * 100 + i).all() or not torch.equal(x[::4096], y):
                failed.append((number, i))
            del x

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


@keeps
def test_losses_of_many_shapes_keep_the_memory_of_the_last():
    for i in range(12):
        x = torch.zeros(N // (1000 + i) + 1, 1000 + i, requires_grad=True)
        losses.cross_entropy(x, torch.zeros(len(x), dtype=torch.int64)).backward()
        del x
        assert sum(map(len, _blocks._kept)) <= 2 * LARGE
