"""A fresh town for each test."""

import pytest

from tests.functions.http.office import Office
from tests.functions.http.world import Town


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def office() -> Office:
    return Office()
