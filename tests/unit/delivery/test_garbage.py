"""The collector of cycles, as a worker that sends has it."""

import gc
from collections.abc import Iterator

import pytest
from shopbell.runtime import garbage


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_there_stays_and_the_young_are_looked_through_seldom() -> None:
    garbage.settle()

    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] == garbage.YOUNG
    assert gc.isenabled()
