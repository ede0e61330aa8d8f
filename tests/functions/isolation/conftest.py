"""Two stores, furnished once for all tests of a process."""

from collections.abc import Iterator

import pytest

from tests.functions.isolation.apart import letters
from tests.functions.isolation.pair import Pair


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """What lies in the tables is told apart by comparing; that nobody changed it where it lies is seen at the end."""
    found = Pair.found()
    before = letters(dict(found.full))
    yield found
    assert letters(dict(found.full)) == before
