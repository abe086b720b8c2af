import pytest

from byhand.evaluate import ranking


@pytest.fixture(autouse=True, scope="session")
def little_memory():
    """Few rows are enough to fill memory, so that tests of many passes are quick."""
    least, ranking.LEAST = ranking.LEAST, 1
    yield
    ranking.LEAST = least
