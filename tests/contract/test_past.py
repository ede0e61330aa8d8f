"""What segments were: versions and changes; and the settings under which everything is folded."""

from dataclasses import replace

import pytest
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.segments.changes import SegmentChange

from tests.contract.samples import segment
from tests.contract.worlds import NOW, Ports

NAME = SegmentId("seg-1")


def versions(ports: Ports, store: StoreId, limit: int = 10) -> list[int]:
    found: list[int] = []
    cursor = None
    while True:
        page = ports.past.versions(store, NAME, cursor, limit)
        found += [row.version for row in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


def live(ports: Ports, store: StoreId, count: int) -> None:
    """A segment with so many versions, each beside others whose names begin alike."""
    for number in range(1, count + 1):
        for name in ("seg-1", "seg-10", "seg"):
            row = segment(store, name, version=number, revision=number, last_changed_at=NOW + number, changed_by="k")
            assert ports.segments.save(row, expected=number - 1 if number > 1 else None)


@pytest.mark.parametrize("limit", [1, 2, 4, 5])
def test_versions_are_those_of_the_segment_newest_first(ports: Ports, store: StoreId, limit: int) -> None:
    live(ports, store, 4)
    assert versions(ports, store, limit) == [4, 3, 2, 1]
    kept = ports.past.version(store, NAME, 2)
    assert kept is not None
    assert (kept.version, kept.last_changed_at, kept.changed_by) == (2, NOW + 2, "k")
    assert ports.past.version(store, NAME, 5) is None


def test_changes_say_what_was_and_what_is(ports: Ports, store: StoreId) -> None:
    row = segment(store, state="draft", last_changed_at=NOW, changed_by="ann")
    ports.segments.save(row, expected=None)
    row = replace(row, state="building", revision=2, last_changed_at=NOW + 1)
    ports.segments.save(row, expected=1)
    row = replace(row, build_percent=50, revision=3)
    ports.segments.save(row, expected=2)
    row = replace(row, state="active", build_percent=None, revision=4, last_verified_at=NOW + 9)
    ports.segments.save(row, expected=3)
    row = replace(row, name="other", revision=5, last_changed_at=NOW + 10, changed_by="ben")
    ports.segments.save(row, expected=4)

    first = ports.past.changes(store, NAME, None, 2)
    rest = ports.past.changes(store, NAME, first.cursor, 2)

    assert (*first.items, *rest.items) == (
        SegmentChange(NAME, 4, NOW + 9, None, 1, "active", 1, "building"),
        SegmentChange(NAME, 2, NOW + 1, "ann", 1, "building", 1, "draft"),
        SegmentChange(NAME, 1, NOW, "ann", 1, "draft"),
    )
    assert rest.cursor is None


def test_a_cursor_leads_to_no_other_segment_and_no_other_store(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    live(ports, store, 3)
    cursor = ports.past.versions(store, NAME, None, 1).cursor
    assert ports.past.versions(other_store, NAME, cursor, 9).items == ()
    assert ports.past.changes(other_store, NAME, None, 9).items == ()
    with pytest.raises(Rejected):
        ports.past.versions(store, NAME, "x", 9)


def test_other_settings_make_another_version_that_folds_everything_anew(ports: Ports, store: StoreId) -> None:
    ports.segments.save(segment(store), expected=None)
    before = ports.segments.rules(store)

    ports.folding.note_settings(store, "UTC|EUR|any")
    ports.folding.note_settings(store, "not again")
    assert ports.segments.rules(store) == replace(before, settings="UTC|EUR|any")
    assert not ports.folding.fold_under(store, "UTC|EUR|any")

    assert ports.folding.fold_under(store, "UTC|TRY|any")
    after = ports.segments.rules(store)
    assert (after.version, after.features_since, after.settings) == (2, 2, "UTC|TRY|any")
    assert {rule.since for rule in after.rules} == {2}
    assert not set(after.bits.values()) & set(before.bits.values())
    assert ports.segments.rules_version(store) == 2


def test_settings_are_noted_before_there_is_any_rule(ports: Ports, store: StoreId) -> None:
    ports.folding.note_settings(store, "UTC|EUR|any")
    ports.segments.save(segment(store), expected=None)
    assert ports.segments.rules(store).settings == "UTC|EUR|any"


def test_the_rules_know_which_segments_are_paused(ports: Ports, store: StoreId) -> None:
    ports.segments.save(segment(store), expected=None)
    ports.segments.save(segment(store, state="paused", revision=2), expected=1)
    assert ports.segments.rules(store).paused == (NAME,)
    ports.segments.save(segment(store, state="archived", revision=3), expected=2)
    assert ports.segments.rules(store).paused == ()
