from collections import Counter

import pytest
import torch

from chromium import MISSING, chromium

LEFT_OUT = pytest.StashKey[int]()


def pytest_addoption(parser):
    parser.addoption(
        "--draw", action="store_true", help="of the long lists of cases, run one in so many, always the same"
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "draw(n): with --draw, each n-th of the cases runs")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave out what is not drawn, so that the suite can be run between two commits; CI runs all."""
    if not config.getoption("draw"):
        return
    seen = Counter()
    drawn = []
    for item in items:
        name = item.nodeid.partition("[")[0]
        mark = item.get_closest_marker("draw")
        if mark is None or seen[name] % mark.args[0] == 0:
            drawn.append(item)
        seen[name] += 1
    left = len(items) - len(drawn)
    config.stash[LEFT_OUT] = left
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = left
    items[:] = drawn


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    """Each worker has looked at all cases."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


@pytest.fixture(scope="session")
def part(pytestconfig):
    """The cases of a test that judges many at once: all, or each n-th with --draw."""
    return lambda cases, n: list(cases)[:: n if pytestconfig.getoption("draw") else 1]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """No test reads or writes the progress of whoever runs it, or sees a site that was built."""
    monkeypatch.setenv("BYHAND_HOME", str(tmp_path_factory.getbasetemp() / "home"))
    monkeypatch.setenv("BYHAND_SITE", "")


@pytest.fixture(autouse=True)
def fresh_seed():
    """Each test starts from the same random numbers, whatever ran before it."""
    torch.manual_seed(0)


def pytest_terminal_summary(terminalreporter, config):
    """Tests that did not run must not look like tests that passed."""
    if chromium() is None:
        terminalreporter.write_line(MISSING, yellow=True)
    if left := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{left:,} cases were not drawn; `make test ALL=1` runs them too.", yellow=True)
