"""Static lists: revisions, members over all shards, and uploads that wait for a job."""

from dataclasses import replace

import pytest
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import ListId, StoreId, VisitorId
from shopbell.domain.lists import VisitorList

from tests.contract.samples import ANN, visitors_of
from tests.contract.worlds import NOW, SHARDS, Ports

VIP = ListId("vip")


def vip(store: StoreId, name: ListId = VIP) -> VisitorList:
    return VisitorList(store, name, "Very important", NOW, NOW + 1, 1, description="who matters", size=3, going=True)


def everybody(ports: Ports, store: StoreId, name: ListId = VIP) -> list[VisitorId]:
    found: list[VisitorId] = []
    for shard in range(SHARDS):
        page = ports.listing.members.page(store, name, shard, None, 2)
        found += page.items
        while page.cursor is not None:
            page = ports.listing.members.page(store, name, shard, page.cursor, 2)
            found += page.items
    return found


def test_what_is_saved_comes_back_and_is_listed_by_id(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    for name in ("b", "a"):
        assert ports.lists.save(vip(store, ListId(name)), expected=None)

    assert ports.lists.get(store, ListId("a")) == vip(store, ListId("a"))
    assert ports.lists.all(store) == [vip(store, ListId("a")), vip(store, ListId("b"))]
    assert ports.lists.get(other_store, ListId("a")) is None
    assert ports.lists.all(other_store) == []


def test_of_two_who_write_one_is_told(ports: Ports, store: StoreId) -> None:
    assert ports.lists.save(vip(store), expected=None)
    second = replace(vip(store), name="second", revision=2)

    assert not ports.lists.save(second, expected=None)
    assert ports.lists.save(second, expected=1)
    assert not ports.lists.save(replace(second, name="third"), expected=1)
    assert ports.lists.get(store, VIP) == second


def test_a_deleted_list_is_gone_and_deleting_it_again_is_no_error(ports: Ports, store: StoreId) -> None:
    ports.lists.save(vip(store), expected=None)

    for _ in range(2):
        ports.lists.delete(store, VIP)
    assert ports.lists.get(store, VIP) is None


def test_members_are_found_in_every_shard_page_by_page(ports: Ports, store: StoreId) -> None:
    crowd = [who for shard in range(SHARDS) for who in visitors_of(store, shard, 5)]
    for _ in range(2):
        ports.listing.members.add(store, VIP, crowd)
    ports.listing.members.add(store, ListId("other"), [ANN])

    assert sorted(everybody(ports, store)) == sorted(crowd)
    assert ports.listing.members.count(store, VIP) == len(crowd) == 20
    first = ports.listing.members.page(store, VIP, 0, None, 5)
    assert (list(first.items), first.cursor) == (sorted(visitors_of(store, 0, 5)), None)


def test_members_who_are_taken_off_are_no_longer_among_it(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    crowd = [VisitorId(f"v{number}") for number in range(130)]
    ports.listing.members.add(store, VIP, crowd)

    for _ in range(2):
        ports.listing.members.remove(store, VIP, crowd[100:])

    assert ports.listing.members.among(store, VIP, [*crowd, ANN]) == frozenset(crowd[:100])
    assert ports.listing.members.count(store, VIP) == 100
    assert ports.listing.members.among(store, VIP, []) == frozenset()
    assert ports.listing.members.count(other_store, VIP) == 0


def test_an_upload_is_kept_part_by_part(ports: Ports, store: StoreId, other_store: StoreId) -> None:
    ports.listing.uploads.keep(store, "u1", 0, [ANN, VisitorId("c:ö")])
    ports.listing.uploads.keep(store, "u1", 1, [])

    assert list(ports.listing.uploads.read(store, "u1", 0)) == [ANN, "c:ö"]
    assert list(ports.listing.uploads.read(store, "u1", 1)) == []
    for owner, upload, number in ((store, "u1", 2), (store, "u2", 0), (other_store, "u1", 0)):
        with pytest.raises(NotFound):
            ports.listing.uploads.read(owner, upload, number)


def test_an_upload_that_nobody_needs_any_more_is_dropped_with_all_its_parts(ports: Ports, store: StoreId) -> None:
    uploads = ports.listing.uploads
    for name, number in (("u1", 0), ("u1", 1), ("u2", 0)):
        uploads.keep(store, name, number, [ANN])

    uploads.drop(store, "u1", 2)
    uploads.drop(store, "u1", 2)

    for number in range(2):
        with pytest.raises(NotFound):
            uploads.read(store, "u1", number)
    assert list(uploads.read(store, "u2", 0)) == [ANN]
