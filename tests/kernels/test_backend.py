"""Which engine computes, and when the public API does without one."""

import asyncio
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
import torch

import byhand
from byhand import kernels


@pytest.fixture
def engine(monkeypatch):
    """An engine that exists for these tests alone: a kernel of cross_entropy that takes float32 and answers 42."""

    def refuses(*tensors):
        return "" if tensors[0].dtype is torch.float32 else "it takes float32"

    fake = SimpleNamespace(cross_entropy=lambda *_: torch.tensor(42.0), refuses=refuses)
    answers = {("numba", "cross_entropy"): fake}
    monkeypatch.setattr(kernels, "_load", lambda *key: answers.get(key, "there is none"))


def loss(dtype=torch.float32):
    return byhand.losses.cross_entropy(torch.zeros(2, 4, dtype=dtype), torch.tensor([0, 3])).item()


def test_auto_takes_a_kernel(engine):
    assert loss() == 42.0


def test_auto_falls_back_to_the_formula_where_the_kernel_refuses(engine):
    assert loss(torch.float64) == pytest.approx(1.3862943611198906)


def test_formula_takes_none(engine):
    with byhand.backend("formula"):
        assert loss() == pytest.approx(1.3862943)


def test_an_explicit_choice_raises_and_says_what_is_missing(engine):
    with byhand.backend("numba"):
        assert loss() == 42.0
        with pytest.raises(RuntimeError, match=r"Backend 'numba' has no kernel for this `cross_entropy`: it takes"):
            loss(torch.float64)
    with byhand.backend("triton"), pytest.raises(RuntimeError, match=r"'triton'.*there is none"):
        loss()


def test_contexts_nest_and_end(engine):
    with byhand.backend("formula"):
        with byhand.backend("auto"):
            assert kernels.current() == "auto"
        assert kernels.current() == "formula"
        with pytest.raises(ZeroDivisionError), byhand.backend("auto"):
            raise ZeroDivisionError
        assert kernels.current() == "formula"
    assert kernels.current() == "auto"


def test_a_choice_is_of_its_thread_and_its_task(engine):
    seen = []
    with byhand.backend("formula"):
        thread = threading.Thread(target=lambda: seen.append(kernels.current()))
        thread.start()
        thread.join()
    assert seen == ["auto"]

    async def task(name):
        with byhand.backend(name):
            await asyncio.sleep(0)
            return kernels.current()

    async def both():
        return await asyncio.gather(task("formula"), task("auto"))

    assert asyncio.run(both()) == ["formula", "auto"]


def test_the_environment_chooses(engine, monkeypatch):
    monkeypatch.setenv("BYHAND_BACKEND", "formula")
    assert loss() == pytest.approx(1.3862943)
    with byhand.backend("auto"):
        assert loss() == 42.0
    monkeypatch.setenv("BYHAND_BACKEND", "")
    assert kernels.current() == "auto"
    monkeypatch.setenv("BYHAND_BACKEND", "fast")
    with pytest.raises(ValueError, match=r"`BYHAND_BACKEND` of `the environment` must be one of 'auto', .*got 'fast'"):
        loss()


def test_an_unknown_backend_is_refused():
    with pytest.raises(ValueError, match=r"`name` of `backend` must be one of 'auto', 'formula', .*got 'cuda'"):
        byhand.backend("cuda").__enter__()


def test_engines_that_do_not_load_are_named_not_fatal(tmp_path):
    """A broken installation of an engine: auto computes on, an explicit choice says what broke."""
    (tmp_path / "numba.py").write_text("raise ImportError('this numba is broken')")
    code = (
        "import byhand, torch\n"
        "x, y = torch.zeros(2, 4), torch.tensor([0, 3])\n"
        "print(round(byhand.losses.cross_entropy(x, y).item(), 4))\n"
        "with byhand.backend('numba'):\n"
        "    try: byhand.losses.cross_entropy(x, y)\n"
        "    except RuntimeError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    number, sentence = done.stdout.splitlines()
    assert number == "1.3863"
    assert sentence.startswith("Backend 'numba' has no kernel for this `cross_entropy`: ")
