"""A fresh office with its command for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functions.command.counter import Counter, served
from tests.functions.command.shop import founded, furnish
from tests.functions.http.office import Office


@pytest.fixture
def counter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Counter]:
    office = Office()
    with served(office) as url:
        made = Counter(office, tmp_path, capsys)
        made.at(url)
        yield made


@pytest.fixture
def founding(counter: Counter) -> None:
    """Both stores have their predefined segments."""
    founded(counter.office)


@pytest.fixture
def shop(counter: Counter) -> Counter:
    """Our store has one of everything that a configuration holds; theirs has nothing."""
    furnish(counter.office)
    return counter
