"""Members by shard, and the log merged over shards, newest first."""

from dataclasses import replace

from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.membership import LogLine
from shopbell.domain.profile import Commit

from tests.contract.samples import ANN, VIP, flip, visitors_of
from tests.contract.worlds import NOW, SHARDS, Ports


def enter(ports: Ports, store: StoreId, visitor: VisitorId, at: int = NOW, segment: SegmentId = VIP) -> None:
    before = ports.visitors.load(store, visitor)
    after = replace(before, memberships={**before.memberships, segment: at})
    assert ports.visitors.commit(Commit(before, after, flips=(flip(segment, at=at),)))


def leave(ports: Ports, store: StoreId, visitor: VisitorId, at: int) -> None:
    before = ports.visitors.load(store, visitor)
    left = flip(change="exited", at=at)
    assert ports.visitors.commit(Commit(before, replace(before, memberships={}), flips=(left,)))


def test_members_are_paged_in_the_order_of_ids_and_survive_inserts(ports: Ports, store: StoreId) -> None:
    late, *mine = visitors_of(store, 3, 8)
    for who in mine:
        enter(ports, store, who)
    enter(ports, store, visitors_of(store, 0, 1)[0])

    first = ports.memberships.page(store, VIP, 3, None, 4)
    enter(ports, store, late)
    leave(ports, store, first.items[-1].visitor, NOW + 1)
    rest = ports.memberships.page(store, VIP, 3, first.cursor, 9)

    paged = [row.visitor for row in (*first.items, *rest.items)]
    assert [who for who in paged if who != late] == sorted(mine)
    assert rest.cursor is None


def test_a_member_shows_the_version_of_the_rule_by_which_it_entered(ports: Ports, store: StoreId) -> None:
    (who,) = visitors_of(store, 2, 1)
    enter(ports, store, who, segment=SegmentId("other"))
    before = ports.visitors.load(store, who)
    after = replace(before, memberships={**before.memberships, VIP: NOW})
    assert ports.visitors.commit(Commit(before, after, flips=(replace(flip(segment=VIP), version=7),)))
    before = ports.visitors.load(store, who)
    assert ports.visitors.commit(Commit(before, before, refreshed=(VIP,)))

    (row,) = ports.memberships.page(store, VIP, 2, None, 9).items
    assert (row.version, row.entered_at) == (7, NOW)


def test_a_page_that_ends_with_the_last_member_has_no_cursor(ports: Ports, store: StoreId) -> None:
    for who in visitors_of(store, 1, 2):
        enter(ports, store, who)

    assert ports.memberships.page(store, VIP, 1, None, 2).cursor is None
    assert ports.memberships.page(store, VIP, 1, None, 1).cursor is not None


def test_the_rows_of_one_visitor_are_read_by_segment(ports: Ports, store: StoreId) -> None:
    other, none = SegmentId("hidden:other"), SegmentId("none")
    enter(ports, store, ANN)
    enter(ports, store, ANN, at=NOW + 1, segment=other)
    enter(ports, store, visitors_of(store, 0, 1)[0], segment=none)

    rows = ports.memberships.of_visitor(store, ANN, [VIP, other, none])
    assert {name: (row.visitor, row.entered_at) for name, row in rows.items()} == {
        VIP: (ANN, NOW),
        other: (ANN, NOW + 1),
    }
    assert ports.memberships.of_visitor(store, ANN, []) == {}


def test_the_log_of_a_segment_is_merged_newest_first(ports: Ports, store: StoreId) -> None:
    everyone = [who for shard in range(SHARDS) for who in visitors_of(store, shard, 5)]
    for place, who in enumerate(everyone):
        enter(ports, store, who, at=NOW + place * 7 % 20)
    enter(ports, store, everyone[0], segment=SegmentId("another"))

    lines: list[LogLine] = []
    cursor = None
    for _ in range(10):
        page = ports.memberships.log_of_segment(store, VIP, cursor, 3)
        lines.extend(page.items)
        cursor = page.cursor
        if cursor is None:
            break

    assert [line.flip.at for line in lines] == [NOW + at for at in reversed(range(20))]
    assert {line.visitor for line in lines} == set(everyone)


def test_the_log_of_one_shard_reaches_back_to_an_instant_and_no_further(ports: Ports, store: StoreId) -> None:
    mine, others = visitors_of(store, 1, 4), visitors_of(store, 2, 2)
    for place, who in enumerate([*mine, *others]):
        enter(ports, store, who, at=NOW + place)
    enter(ports, store, mine[0], segment=SegmentId("another"), at=NOW + 9)

    def told(since: int, limit: int) -> list[tuple[VisitorId, int]]:
        lines = ports.memberships.log_of_shard(store, VIP, 1, since, limit)
        return [(line.visitor, line.flip.at - NOW) for line in lines]

    newest = [(who, place) for place, who in reversed([*enumerate(mine)])]
    assert told(0, 9) == newest
    assert told(NOW + 2, 9) == newest[:2]
    assert told(0, 3) == newest[:3]
    assert told(NOW + 4, 9) == []


def test_the_log_of_a_segment_goes_on_below_what_came_since(ports: Ports, store: StoreId) -> None:
    everyone = [who for shard in range(SHARDS) for who in visitors_of(store, shard, 2)]
    for place, who in enumerate(everyone):
        enter(ports, store, who, at=NOW + place)

    first = ports.memberships.log_of_segment(store, VIP, None, 3)
    leave(ports, store, everyone[0], NOW + 100)
    rest = ports.memberships.log_of_segment(store, VIP, first.cursor, 100)

    assert [line.flip.at - NOW for line in (*first.items, *rest.items)] == [7, 6, 5, 4, 3, 2, 1, 0]


def test_the_log_of_a_visitor_is_paged_newest_first(ports: Ports, store: StoreId) -> None:
    for place in range(5):
        enter(ports, store, ANN, at=NOW + place, segment=SegmentId(f"s{place}"))

    first = ports.memberships.log_of_visitor(store, ANN, None, 2)
    rest = ports.memberships.log_of_visitor(store, ANN, first.cursor, 9)

    segments = [line.flip.segment for line in (*first.items, *rest.items)]
    assert segments == ["s4", "s3", "s2", "s1", "s0"]
    assert rest.cursor is None


def test_another_store_sees_nothing_not_even_with_this_stores_cursor(
    ports: Ports, store: StoreId, other_store: StoreId
) -> None:
    for who in visitors_of(store, 0, 3):
        enter(ports, store, who)
    cursor = ports.memberships.page(store, VIP, 0, None, 1).cursor
    log_cursor = ports.memberships.log_of_segment(store, VIP, None, 1).cursor

    assert ports.memberships.page(other_store, VIP, 0, cursor, 9).items == ()
    assert ports.memberships.log_of_segment(other_store, VIP, log_cursor, 9).items == ()
    assert ports.memberships.log_of_visitor(other_store, ANN, None, 9).items == ()
