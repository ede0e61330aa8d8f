"""A run to so many people and no more: who is drawn, that it stays so, and that the rest is counted."""

from collections import Counter
from dataclasses import replace

import pytest
from shopbell.app.delivery import place as places
from shopbell.app.delivery.lots import drawn, highest, lot, share
from shopbell.app.delivery.place import Place
from shopbell.app.ends import Handed
from shopbell.app.work import read_chunk, read_shard
from shopbell.domain.clock import MINUTE
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.runs import Audience, Run, Terms
from shopbell.domain.scenarios.audience import REACHABLE

from tests.unit.app.shop import NOON, STORE, Shop

EVERYONE = Audience()
HERE = Audience(include=(SegmentId("here"),))


def crowd(people: int, shards: int = 1) -> Shop:
    shop = Shop(shards=shards)
    for number in range(people):
        shop.subscribe(f"v{number:03d}")
    shop.segment("here", REACHABLE)
    return shop


def sent_to(shop: Shop) -> Counter[str]:
    return Counter(one.visitor for chunk in shop.page_all() for one in chunk.recipients)


def skipped(shop: Shop, run: Run) -> int:
    return sum(row.skipped.get("max_recipients", 0) for row in shop.progress.shards(STORE, run.id))


@pytest.mark.parametrize("audience", [EVERYONE, HERE], ids=["everyone", "a segment"])
@pytest.mark.parametrize(("most", "people", "wanted"), [(3, 10, 3), (10, 10, 10), (99, 10, 10)])
def test_no_more_people_get_it_and_the_others_are_counted(
    audience: Audience, most: int, people: int, wanted: int
) -> None:
    shop = crowd(people)
    run = shop.run(audience, terms=Terms(max_recipients=most))

    assert len(sent_to(shop)) == wanted
    assert skipped(shop, run) == people - wanted


def test_members_who_cannot_be_reached_take_no_place_of_those_who_can() -> None:
    shop = Shop(shards=1)
    shop.segment("here", {"trait": "country", "op": "not_exists"})
    for number in range(40):
        shop.visit(f"v{number:03d}")
    for number in range(0, 40, 4):
        shop.subscribe(f"v{number:03d}")
    run = shop.run(HERE, terms=Terms(max_recipients=5))

    assert len(sent_to(shop)) == 5
    assert [row.skipped for row in shop.progress.shards(STORE, run.id)] == [{"unsubscribed": 30, "max_recipients": 5}]


@pytest.mark.parametrize("audience", [EVERYONE, HERE], ids=["everyone", "a segment"])
def test_of_several_shards_each_has_its_share(audience: Audience) -> None:
    shop = crowd(200, shards=8)
    run = shop.run(audience, terms=Terms(max_recipients=20))
    reached = sent_to(shop)

    assert len(reached) == 20
    assert sum(share(run, shard) for shard in range(run.shards)) == 20
    assert {share(run, shard) for shard in range(run.shards)} == {2, 3}
    assert skipped(shop, run) == 180


def test_all_devices_of_who_is_drawn_get_it() -> None:
    shop = crowd(4)
    for number in range(4):
        shop.subscribe(f"v{number:03d}", "mozilla", "b")
    shop.run(EVERYONE, terms=Terms(max_recipients=2))

    assert sorted(sent_to(shop).values()) == [2, 2]


def test_another_run_draws_others_and_a_retry_the_same() -> None:
    shop = crowd(100)
    first = shop.run(EVERYONE, terms=Terms(max_recipients=10))
    message = shop.audience_queue.take()[0]
    shop.page(read_shard(message.body), Handed(), shop.left)
    before = [read_chunk(one.body) for one in shop.chunks.take()]
    shop.world.run_shards.clear()
    shop.page(read_shard(message.body), Handed(), shop.left)

    assert [read_chunk(one.body) for one in shop.chunks.take()] == before
    other = replace(first, id=type(first.id)("0123456789abcdef0123"))
    people = [VisitorId(f"v{number:03d}") for number in range(100)]
    assert [one for one in people if lot(first, one) <= highest(first, 0, people)] != [
        one for one in people if lot(other, one) <= highest(other, 0, people)
    ]


def test_who_comes_while_it_is_planned_takes_no_place_beyond_the_last() -> None:
    shop = crowd(4)
    run = shop.run(HERE, terms=Terms(max_recipients=2))
    everybody = [VisitorId(f"v{number:03d}") for number in range(50)]
    place, chosen = drawn(run, Place(lot=1 << 48, left=2), everybody)

    assert (len(chosen), place.left) == (2, 0)
    assert drawn(run, place, everybody)[1] == []


def test_who_subscribes_after_it_began_is_not_drawn() -> None:
    shop = crowd(2)
    run = shop.run(EVERYONE, terms=Terms(max_recipients=5))
    shop.clock.now = NOON + MINUTE
    shop.subscribe("late")

    assert sorted(sent_to(shop)) == ["v000", "v001"]
    assert skipped(shop, run) == 1


@pytest.mark.parametrize("place", [Place(), Place(chunks=3, after="v1", lot=7, left=2), Place(lot=-1)])
def test_a_checkpoint_keeps_the_draw(place: Place) -> None:
    assert places.read(places.write(place)) == place
