"""A campaign that goes again and again: each run gives more people what did better, and keeps the weights it has."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

import pytest
from shopbell.app.delivery.plan import Launch
from shopbell.app.ends import Done
from shopbell.app.management.campaigns.weighing import MOST_MESSAGES, MOST_RUNS, WeighVariants
from shopbell.app.tracking.items import system_item
from shopbell.app.work import PlanWork
from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.content import Content, Variant
from shopbell.domain.events import Event
from shopbell.domain.ids import EventId, RunId, VisitorId
from shopbell.domain.runs import Run, ShardProgress
from shopbell.domain.thompson import ENOUGH, FLOOR
from shopbell.domain.winner import Weighed, Weighing

from tests.unit.app.shop import STORE
from tests.unit.app.timed import NAME, at
from tests.unit.delivery.steps import reader
from tests.unit.winners.trying import TWO, Fate, KilledError, Trying, renamed, trying

START = at("2026-03-05T17:00:00Z")
DAILY = Schedule(cron="0 18 * * ? *")


def daily(people: int = 100, **changes: object) -> Trying:
    """At 18:00 in Berlin."""
    shop = trying(0)
    shop.world.campaigns.clear()
    shop.crowd = [f"v{number:03d}" for number in range(people)]
    for who in shop.crowd:
        shop.subscribe(who)
    shop.schedule(DAILY, **{"variants": TWO, "winner": None, "weighing": Weighing("clicks"), **changes})
    return shop


def run_of(shop: Trying, day: int) -> Run:
    return next(run for run in shop.world.runs.values() if run.scheduled_at == START + day * DAY)


def sent_on(shop: Trying, day: int) -> dict[str, list[str]]:
    """By variant, who got it."""
    before = {who: len(titles) for who, titles in shop.titles.items()}
    assert shop.fire(START + day * DAY) == "campaigns_started"
    shop.work()
    found: dict[str, list[str]] = {}
    for who, titles in shop.titles.items():
        for title in titles[before.get(who, 0) :]:
            found.setdefault(title, []).append(who)
    return found


def tell(shop: Trying, kind: str, day: int, variant: str, people: Iterable[str]) -> None:
    run, now = run_of(shop, day), shop.clock.now + HOUR
    said = {"run": run.id, "variant": variant, "campaign": NAME}
    if kind == "unsubscribed":
        said = {"reason": "left", "subscription_id": "s"}
    shop.reports(
        system_item(STORE, Event(EventId(f"{kind}-{day}-{who}"), kind, VisitorId(who), now, now, said, trusted=True))
        for who in people
    )


def weighed_on(shop: Trying, day: int) -> Weighed:
    found = run_of(shop, day).weighed
    assert found is not None
    return found


def shares(found: Weighed) -> dict[str, float]:
    return {row.variant: row.share for row in found.variants}


def liked(shop: Trying, day: int, loud: int, calm: int) -> dict[str, list[str]]:
    """A day on which so many clicked."""
    got = sent_on(shop, day)
    tell(shop, "push_clicked", day, "loud", got["loud"][:loud])
    tell(shop, "push_clicked", day, "calm", got["calm"][:calm])
    return got


def test_the_first_run_has_the_marketers_weights_and_each_later_one_those_of_what_works() -> None:
    shop = daily(variants=(replace(TWO[0], weight=3), TWO[1]))
    first = liked(shop, 0, 25, 4)
    assert (weighed_on(shop, 0).learned, shares(weighed_on(shop, 0))) == (False, {"calm": 0.75, "loud": 0.25})
    second = sent_on(shop, 1)
    learned = weighed_on(shop, 1)
    assert (learned.learned, learned.found, learned.at) == (True, 29, START + DAY)
    assert shares(learned)["loud"] > 0.9
    assert len(second["loud"]) > 80 > len(first["loud"])
    assert set(first["loud"]) <= set(second["loud"]), "whoever had what gained weight keeps it"
    assert Counter(map(len, shop.titles.values())) == {2: len(shop.crowd)}


def test_too_few_clicks_change_nothing_and_nobody_changes_their_variant() -> None:
    shop = daily()
    first = liked(shop, 0, ENOUGH["clicks"] - 1, 0)
    assert sent_on(shop, 1) == first
    assert run_of(shop, 1).variants == TWO


def test_what_does_badly_goes_on_to_the_share_of_the_floor() -> None:
    shop = daily(100)
    for day in range(3):
        liked(shop, day, 30, 0)
    assert 0 < len(sent_on(shop, 3)["calm"]) < 100 * FLOOR * 3
    assert shares(weighed_on(shop, 3))["calm"] == pytest.approx(FLOOR, abs=0.001)


def test_a_run_that_is_planned_twice_keeps_the_weights_that_it_has_whatever_is_known_since() -> None:
    shop = daily()
    got = liked(shop, 0, 25, 4)
    assert shop.fire(START + DAY) == "campaigns_started"
    before = run_of(shop, 1)
    tell(shop, "push_clicked", 0, "calm", got["calm"])
    done = shop.plan(PlanWork(STORE, NAME, START + DAY))
    assert run_of(shop, 1) == before
    assert done == Done({"runs_planned_before": 1})
    shop.work()
    told = reader(shop).over([before]).by_variant
    of_run = {name: share.accepted for name, share in told.items()}
    assert sum(of_run.values()) == len(shop.crowd), "its messages came twice, and nobody got two"
    wanted = Counter(before.variant_at(before.variant_for(VisitorId(who))) for who in shop.crowd)
    assert of_run == wanted


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(3))
def test_whoever_plans_it_again_after_a_death_goes_on_with_the_weights_of_the_first(
    call: int, *, after: bool
) -> None:
    shop = daily(50)
    got = liked(shop, 0, 18, 3)
    work, fate = PlanWork(STORE, NAME, START + DAY), Fate(call, after=after)
    shop.clock.now = START + DAY
    mortal = replace(shop.plan, launch=Launch(fate.over(shop.runs), fate.over(shop.audience_queue)))
    with suppress(KilledError):
        mortal(work)
    written = next((run for run in shop.world.runs.values() if run.scheduled_at == START + DAY), None)
    tell(shop, "push_clicked", 0, "calm", got["calm"])
    shop.plan(work)
    shop.work()
    assert written is None or run_of(shop, 1) == written
    assert {len(titles) for titles in shop.titles.values()} == {2}


def test_what_people_leave_after_is_left_out_and_the_guard_knows_each_runs_own_draw() -> None:
    shop = daily(160)
    got = liked(shop, 0, 30, 10)
    tell(shop, "unsubscribed", 0, "loud", got["loud"][:12])
    second = sent_on(shop, 1)
    assert list(second) == ["calm"]
    found = {row.variant: row for row in weighed_on(shop, 1).variants}
    assert (found["loud"].barred, found["loud"].left, found["loud"].share) == (True, 12, 0.0)
    assert [one.name for one in run_of(shop, 1).variants] == ["calm"]
    assert run_of(shop, 1).content == TWO[0].content
    assert {name: share.accepted for name, share in reader(shop).of(shop.now_is).by_variant.items()} == {
        "calm": len(got["calm"]) + 160,
        "loud": len(got["loud"]),
    }


def test_instants_that_came_to_nothing_are_not_counted_and_of_many_the_latest_are() -> None:
    shop = daily(60)
    liked(shop, 0, 22, 3)
    first = run_of(shop, 0)
    for number in range(1, MOST_RUNS + 2):
        made = replace(
            first,
            id=RunId(f"later-{number:03d}"),
            scheduled_at=START + number * HOUR,
            given_up="missed" if number > MOST_RUNS - 1 else None,
            shards=0,
        )
        assert shop.runs.create(made)
    weigh = WeighVariants(reader(shop), shop.stores)
    coming = replace(first, id=RunId("coming"), scheduled_at=START + 5 * DAY)
    assert weigh(coming, "clicks").weighed is not None
    assert sum(row.recipients for row in _now(weigh, coming).variants) == 60
    assert shop.runs.create(replace(first, id=RunId("one-more"), scheduled_at=START + 90 * HOUR, shards=0))
    assert sum(row.recipients for row in _now(weigh, coming).variants) == 0


def test_no_more_is_read_than_there_is_time_for_and_the_last_run_always_is() -> None:
    shop = daily(60)
    liked(shop, 0, 22, 3)
    liked(shop, 1, 22, 3)
    weigh, coming = WeighVariants(reader(shop), shop.stores), replace(run_of(shop, 0), id=RunId("coming"))
    assert sum(row.recipients for row in _now(weigh, coming).variants) == 120
    many = ShardProgress(0, planned=MOST_MESSAGES + 1, cursor=None, done=True)
    shop.progress.save_shard(STORE, run_of(shop, 1).id, many)
    assert sum(row.recipients for row in _now(weigh, coming).variants) == 120
    shop.progress.save_shard(STORE, run_of(shop, 0).id, many)
    assert sum(row.recipients for row in _now(weigh, coming).variants) == 60


def _now(weigh: WeighVariants, run: Run) -> Weighed:
    return weigh.learned(run, "clicks").now


def test_of_what_nothing_is_known_yet_less_is_sent_than_of_the_best_and_more_than_of_the_worst() -> None:
    shop = daily(60)
    liked(shop, 0, 22, 3)
    renamed(shop, variants=(*TWO, Variant("new", 1, Content("new", "x", "/"))))
    sent_on(shop, 1)
    found = shares(weighed_on(shop, 1))
    assert found["loud"] > found["new"] > found["calm"]
