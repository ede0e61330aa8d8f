"""Segments: revisions, versions kept beside, and live rules that follow in the same transaction."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from shopbell.domain.errors import Conflict, Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.definition import StoredRules

from tests.contract.samples import names_of, segment
from tests.contract.worlds import Ports


def live(ports: Ports, store: StoreId) -> dict[SegmentId, int]:
    return {rule.segment: rule.version for rule in ports.segments.rules(store).rules}


def test_what_is_saved_comes_back(ports: Ports, store: StoreId) -> None:
    row = segment(store, hidden=True, scenario="churn", build_percent=40)

    assert ports.segments.save(row, expected=None)
    assert ports.segments.get(store, row.id) == row
    assert ports.segments.get(store, SegmentId("nobody")) is None


def test_creating_twice_is_refused(ports: Ports, store: StoreId) -> None:
    assert ports.segments.save(segment(store), expected=None)
    assert not ports.segments.save(replace(segment(store), name="other"), expected=None)
    assert ports.segments.get(store, SegmentId("seg-1")) == segment(store)


def test_an_update_wants_the_revision_that_was_read(ports: Ports, store: StoreId) -> None:
    ports.segments.save(segment(store), expected=None)
    second = replace(segment(store), name="second", revision=2)

    assert ports.segments.save(second, expected=1)
    assert not ports.segments.save(replace(second, name="third"), expected=1)
    assert ports.segments.get(store, second.id) == second


def test_listing_shows_each_segment_once_however_many_versions_it_has(ports: Ports, store: StoreId) -> None:
    for name in ("b", "a", "c"):
        ports.segments.save(segment(store, name), expected=None)
    for number in range(2, 5):
        newer = segment(store, "a", version=number, revision=number)
        assert ports.segments.save(newer, expected=number - 1)

    assert names_of(ports.segments.all(store)) == ["a", "b", "c"]


def test_a_draft_leaves_the_rules_alone(ports: Ports, store: StoreId) -> None:
    ports.segments.save(segment(store, state="draft"), expected=None)

    assert ports.segments.rules(store) == StoredRules(store)
    assert ports.segments.rules_version(store) == 0


def test_what_is_live_is_in_the_rules_and_each_change_raises_their_version(ports: Ports, store: StoreId) -> None:
    ports.segments.save(segment(store, "a"), expected=None)
    ports.segments.save(segment(store, "b", state="building"), expected=None)
    assert live(ports, store) == {"a": 1, "b": 1}
    assert ports.segments.rules_version(store) == ports.segments.rules(store).version == 2

    ports.segments.save(segment(store, "a", version=2, revision=2), expected=1)
    ports.segments.save(segment(store, "b", state="paused", revision=2), expected=1)
    assert live(ports, store) == {"a": 2}
    assert ports.segments.rules_version(store) == 4


def test_a_change_that_moves_no_rule_leaves_their_version(ports: Ports, store: StoreId) -> None:
    ports.segments.save(segment(store, "a"), expected=None)
    ports.segments.save(segment(store, "a", name="renamed", revision=2), expected=1)

    assert ports.segments.rules_version(store) == 1


def test_rules_that_would_go_in_circles_change_nothing(ports: Ports, store: StoreId) -> None:
    ports.segments.save(segment(store, "a", rule={"in_segment": "b"}), expected=None)
    before = ports.segments.rules(store)

    with pytest.raises(Rejected):
        ports.segments.save(segment(store, "b", rule={"in_segment": "a"}), expected=None)

    assert ports.segments.get(store, SegmentId("b")) is None
    assert ports.segments.rules(store) == before


def test_what_is_live_leans_on_nothing_that_sleeps(ports: Ports, store: StoreId) -> None:
    """Whoever looked before somebody else wrote is refused at the save itself."""
    one, other = segment(store, "a"), segment(store, "q", rule={"not": {"in_segment": "a"}})
    ports.segments.save(one, expected=None)
    ports.segments.save(other, expected=None)
    asleep = replace(one, state="paused", revision=one.revision + 1)

    with pytest.raises(Conflict, match="refer to it"):
        ports.segments.save(asleep, expected=one.revision)
    ports.segments.save(replace(other, state="paused", revision=other.revision + 1), expected=other.revision)
    assert ports.segments.save(asleep, expected=one.revision)
    with pytest.raises(Conflict, match="not active"):
        ports.segments.save(replace(other, revision=other.revision + 2), expected=other.revision + 1)

    assert live(ports, store) == {}


def test_segments_saved_side_by_side_all_come_into_the_rules(ports: Ports, store: StoreId) -> None:
    rows = [segment(store, f"s{number}") for number in range(6)]
    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(lambda row: ports.segments.save(row, expected=None), rows))

    assert set(live(ports, store)) == {row.id for row in rows}
    assert ports.segments.rules_version(store) == len(rows)


def test_of_two_edits_of_one_revision_one_wins(ports: Ports, store: StoreId) -> None:
    ports.segments.save(segment(store), expected=None)
    edits = [segment(store, version=2, revision=2, name=f"edit {number}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(lambda row: ports.segments.save(row, expected=1), edits))

    assert sorted(won) == [False, False, False, True]
    assert ports.segments.get(store, edits[0].id) == edits[won.index(True)]


def test_another_store_has_its_own_segments_and_rules(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    ports.segments.save(segment(store), expected=None)

    assert ports.segments.get(other_store, SegmentId("seg-1")) is None
    assert ports.segments.all(other_store) == []
    assert ports.segments.rules(other_store) == StoredRules(other_store)
