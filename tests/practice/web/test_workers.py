"""The processes in which programs are judged: what ends them, and what becomes of what they were asked."""

import asyncio

import pytest

from byhand.practice.web.workers import MOST, Ended, Worker, Workers

QUESTION = {"op": "run"}
WARM = Workers.warm


@pytest.fixture(autouse=True)
def no_spare(monkeypatch):
    monkeypatch.setattr(Workers, "warm", lambda workers: None)


class Process:
    """A process that reads nothing."""

    made = 0

    def __init__(self):
        Process.made += 1
        self.pid, self.returncode = Process.made, None
        self.stdin = self.stdout = self

    def write(self, data):
        pass

    async def drain(self):
        await asyncio.sleep(60)

    def kill(self):
        self.returncode = -9

    async def wait(self):
        return self.returncode


@pytest.fixture
def processes(monkeypatch):
    async def slowly(*_, **__):
        await asyncio.sleep(0.01)
        return Process()

    monkeypatch.setattr(Process, "made", 0)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", slowly)


def why(asking):
    """Why something asked has no answer."""

    async def ask():
        with pytest.raises(Ended) as ended:
            await asking
        return ended.value.why

    return ask()


async def _ended(end, seconds=60.0):
    workers = Workers()
    worker = workers.of("a")
    asked = asyncio.create_task(why(worker.ask(QUESTION, seconds, "run 1")))
    while worker._process is None:
        await asyncio.sleep(0.01)
    await end(workers, worker)
    try:
        return await asked, workers, worker
    finally:
        await workers.close()


def test_what_is_stopped_late_or_killed_says_so():
    async def stop(workers, worker):
        await workers.stop("a", "run 1")

    async def kill(workers, worker):
        worker._process.kill()

    async def wait(workers, worker):
        pass

    async def end(workers, worker):
        workers.kill()

    assert asyncio.run(_ended(stop))[0] == "stopped"
    assert asyncio.run(_ended(kill))[0] == "crashed"
    assert asyncio.run(_ended(wait, seconds=0.01))[0] == "late"
    assert asyncio.run(_ended(end))[0] == "stopped"


def test_a_stop_may_come_before_its_run():
    async def early():
        workers = Workers()
        worker = workers.of("a")
        worker.unwanted = "run 2"
        return await why(worker.ask(QUESTION, 60.0, "run 2"))

    assert asyncio.run(early()) == "stopped"


def test_nothing_begins_once_the_server_ends():
    async def after():
        workers = Workers()
        worker = workers.of("a")
        workers.kill()
        return await why(worker.ask(QUESTION, 60.0))

    assert asyncio.run(after()) == "stopped"


def test_with_many_tabs_the_one_that_waited_longest_gives_its_process():
    workers = Workers()
    first, *_ = [workers.of(str(n)) for n in range(MOST)]
    assert len({id(workers.of(str(n))) for n in range(MOST)}) == MOST
    assert workers.of("another") is first
    busy = workers.of("another")
    busy.busy = 1
    assert workers.of("one more") is not busy


def test_a_worker_never_has_two_processes(processes):
    async def twice():
        worker = Worker()
        await asyncio.gather(worker.start(), worker.start())

    asyncio.run(twice())
    assert Process.made == 1


def test_a_process_that_begins_while_the_server_ends_is_ended(processes):
    async def ending():
        workers = Workers()
        workers._spare = worker = Worker()
        workers._begin(worker)
        await asyncio.sleep(0)
        await workers.close()
        return worker._process.returncode

    assert asyncio.run(ending()) == -9


def test_a_process_that_does_not_read_is_late(processes):
    async def ask():
        return await asyncio.wait_for(why(Worker().ask(QUESTION, 0.01)), 10)

    assert asyncio.run(ask()) == "late"


def test_each_tab_finds_a_process_that_is_warm(processes, monkeypatch):
    monkeypatch.setattr(Workers, "warm", WARM)

    async def tabs():
        workers = Workers()
        workers.warm()
        for n in range(MOST):
            spare = workers._spare
            assert spare is not None
            assert workers.of(str(n)) is spare
        assert workers._spare is None  # so many are too many
        await asyncio.gather(*workers._tasks)
        await workers.close()

    asyncio.run(tabs())
    assert Process.made == MOST
