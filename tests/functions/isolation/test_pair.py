"""Each try begins afresh: no world remembers what another try read, however long its work took."""

import pytest
from shopbell.domain.clock import MINUTE

from tests.functions.isolation.cases import cases
from tests.functions.isolation.law import OWN, Step, tried
from tests.functions.isolation.pair import FORGOTTEN, STALE, Pair, key_of
from tests.functions.isolation.places import described

LISTED, FURTHER = cases(next(one for one in described() if one.id == "listSegments"))[:2]


@pytest.mark.parametrize("minutes", range(2, 13))
def test_a_key_used_after_long_work_is_known_to_neither_world_later(pair: Pair, minutes: int) -> None:
    pair.begin()
    for office in (pair.both, pair.alone):
        office.clock.now += minutes * MINUTE
        assert office.manage("GET", LISTED.path, key=key_of(pair.ours, "admin")).status == 200
    for _ in range(minutes - 2):
        pair.begin()
    assert [kind for _, kind in FURTHER.holes] == ["cursor"], "it is read in one of the two worlds alone"
    tried(pair, [Step(FURTHER, "admin", (OWN,))])


def test_every_try_begins_later_than_all_that_was_read(pair: Pair) -> None:
    pair.begin()
    last = pair.both.clock.now
    pair.alone.clock.now += 9 * MINUTE
    pair.begin()
    assert pair.both.clock.now == pair.alone.clock.now >= last + 9 * MINUTE + FORGOTTEN


def test_both_worlds_are_opened_anew_before_what_was_furnished_grows_old(pair: Pair) -> None:
    pair.begin()
    before = pair.both, pair.alone
    pair.both.clock.now = pair.now + STALE
    pair.begin()
    assert (pair.both.clock.now, pair.alone.clock.now) == (pair.now, pair.now)
    assert pair.both is not before[0]
    assert pair.alone is not before[1]
