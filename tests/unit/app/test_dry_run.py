"""A dry run: who of a sample would get what, who would not and why, at an instant; and nothing comes of it."""

from dataclasses import fields, replace

import pytest
from shopbell.adapters.memory.catalogue import MemoryStockroom
from shopbell.adapters.memory.triggers import MemoryTriggers
from shopbell.app.management.segments.survey import Survey
from shopbell.app.rulebook import Rulebook
from shopbell.app.scenarios.change import ScenarioChange
from shopbell.app.scenarios.dryrun import SHOWN, DryRun, Trial
from shopbell.app.scenarios.judging import Judge, Message
from shopbell.app.scenarios.newsreel import NewsReel
from shopbell.app.tracking.items import system_item
from shopbell.app.tracking.subscribe import subscribed
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Instant, parse_instant
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.sends import SendRecord, Sent

from tests.unit.app.shop import NOON, STORE, Shop

CALENDAR, CLOCK, EVENT = "new_arrivals", "we_missed_you", "nice_to_meet_you"


def stocked(shards: int = 1) -> Shop:
    """With one product."""
    shop = Shop(shards=shards)
    shop.shelf.put("boots")
    return shop


def dry_run(shop: Shop) -> DryRun:
    survey = Survey(
        shop.stores,
        shop.segments,
        shop.visitors,
        shop.events,
        shop.aliases,
        Rulebook(shop.segments, shop.stores),
        map,
        shop.clock,
    )
    judge = Judge(shop.subscriptions, shop.sends, shop.shelf)
    news = NewsReel(MemoryStockroom(shop.world), shop.clock)
    own = MemoryTriggers(shop.world)
    return DryRun(survey, shop.scenarios, own, judge, shop.clock, news)


def tried(shop: Shop, name: str, as_of: Instant | None = None) -> Trial:
    return dry_run(shop)(STORE, name, as_of)


def gates(trial: Trial) -> dict[str, list[str]]:
    return {held.gate: sorted(held.visitors) for held in trial.would_not}


def visitors(trial: Trial) -> list[str]:
    return sorted(message.visitor for message in trial.messages)


def visitor(shop: Shop, name: str, *, last_visit: Instant, since: Instant = NOON - 100 * DAY) -> None:
    """Subscribed, then here for the last time."""
    now = shop.clock.now
    shop.clock.now = since
    subscribe(shop, name)
    shop.clock.now = last_visit
    shop.visit(name)
    shop.clock.now = now


def subscribe(shop: Shop, name: str) -> None:
    """In the log, too, as `track` does it."""
    item = system_item(STORE, subscribed(shop.register(name), shop.clock.now))
    shop.events.append([item])
    shop.fold(item)


def one(trial: Trial) -> Message:
    (message,) = trial.messages
    return message


def test_of_a_calendar_s_run_it_shows_who_gets_which_product_why_and_at_which_level() -> None:
    shop = stocked()
    visitor(shop, "ann", last_visit=NOON - DAY)
    visitor(shop, "ben", last_visit=NOON - 40 * DAY)
    shop.visit("cleo", NOON - HOUR)
    trial = tried(shop, CALENDAR)
    message = one(trial)
    assert (message.visitor, message.at, message.step, message.title) == ("ann", NOON, 0, "New: Boots")
    assert [(pick.product.id, pick.level, pick.reason) for pick in message.picks] == [("boots", 0, "you liked it")]
    assert message.level == 0
    assert gates(trial) == {"audience": ["ben", "cleo"]}
    assert (trial.would_get.value, trial.would_get.exact, trial.sampled, trial.since) == (1, True, 3, NOON)


def test_without_a_product_the_words_alone_go_at_the_last_level() -> None:
    shop = Shop()
    visitor(shop, "ann", last_visit=NOON - DAY)
    with_settings(shop, CALENDAR, fallback_max_level=5)
    message = one(tried(shop, CALENDAR))
    assert (message.title, message.picks, message.level) == ("New at Boot Shop", (), 5)


def with_settings(shop: Shop, name: str, **parameters: Json) -> None:
    shop.enable(STORE, name, ScenarioChange(enabled=False, parameters=parameters))


def test_the_settings_as_they_are_saved_are_tried_whether_on_or_off() -> None:
    shop = stocked()
    visitor(shop, "ann", last_visit=NOON - 5 * DAY)
    with_settings(shop, CALENDAR, n_days=3)
    assert gates(tried(shop, CALENDAR)) == {"audience": ["ann"]}
    with_settings(shop, CALENDAR, n_days=7)
    assert visitors(tried(shop, CALENDAR)) == ["ann"]


def test_an_instant_in_the_past_knows_nothing_of_what_happened_since() -> None:
    shop = stocked()
    visitor(shop, "ann", last_visit=NOON - 2 * DAY)
    visitor(shop, "ben", last_visit=NOON - 5 * DAY)
    visitor(shop, "new", last_visit=NOON - DAY, since=NOON - DAY)
    with_settings(shop, CALENDAR, n_days=4)
    assert visitors(tried(shop, CALENDAR)) == ["ann", "new"]
    assert visitors(tried(shop, CALENDAR, NOON - 3 * DAY)) == ["ben"]


def test_gates_that_stop_or_put_off_are_named() -> None:
    shop = stocked()
    for name in ("ann", "ben", "cleo"):
        visitor(shop, name, last_visit=NOON - DAY)
    before = SendRecord((Sent(NOON - HOUR, b"12345678", "spring"),))
    shop.sends.save(STORE, [(VisitorId("ann"), before)])
    ben = next(row for row in shop.world.subscriptions.values() if row.visitor == "ben")
    shop.subscriptions.put(replace(ben, state="key_mismatch"), None)
    trial = tried(shop, CALENDAR)
    assert visitors(trial) == ["cleo"]
    assert gates(trial) == {"frequency_cap": ["ann"], "key_mismatch": ["ben"]}
    assert visitors(tried(shop, CALENDAR, NOON - 2 * HOUR)) == ["ann", "cleo"], "it was not sent yet"


def test_who_sleeps_would_get_it_in_the_morning() -> None:
    shop = stocked()
    night = parse_instant("2026-03-01T23:00:00Z")[0]
    visitor(shop, "ann", last_visit=NOON - 3 * DAY)
    message = one(tried(shop, CALENDAR, night))
    assert [put_off.reason for put_off in message.deferred] == ["quiet_hours"]
    assert message.at == night + 9 * HOUR


def test_of_the_clock_it_shows_who_crossed_the_line_within_the_last_day() -> None:
    shop = stocked()
    line = NOON - 30 * DAY
    visitor(shop, "crossed", last_visit=line - HOUR)
    visitor(shop, "long", last_visit=line - 3 * DAY)
    visitor(shop, "here", last_visit=line + MINUTE)
    visitor(shop, "back", last_visit=line - HOUR)
    shop.visit("back", NOON - HOUR - SECOND)
    with_settings(shop, CLOCK, send_time="immediate")
    trial = tried(shop, CLOCK)
    message = one(trial)
    assert (message.visitor, message.at) == ("crossed", NOON - HOUR)
    assert gates(trial) == {"audience": ["back", "here"], "not_triggered": ["long"]}
    assert trial.since == NOON - DAY


def test_a_series_is_shown_with_the_message_that_was_due_within_the_day() -> None:
    shop = stocked()
    line = NOON - 30 * DAY
    visitor(shop, "second", last_visit=line - 14 * DAY - HOUR)
    with_settings(shop, CLOCK, send_time="immediate", steps=["PT0S", "P14D"])
    message = one(tried(shop, CLOCK))
    assert (message.step, message.at) == (1, NOON - HOUR)


@pytest.mark.parametrize(
    ("bought", "expected", "stopped"),
    [
        pytest.param(None, ["ann"], {}, id="signed up two hours ago"),
        pytest.param(NOON - 90 * MINUTE, [], {"exited": ["ann"]}, id="bought before it was due"),
        pytest.param(NOON - 30 * MINUTE, ["ann"], {}, id="bought when it was out"),
    ],
)
def test_of_an_event_it_shows_whose_message_fell_due(
    bought: Instant | None, expected: list[str], stopped: dict[str, list[str]]
) -> None:
    shop = stocked()
    visitor(shop, "ann", last_visit=NOON - 3 * HOUR)
    happened(shop, "signup", NOON - 2 * HOUR)
    if bought is not None:
        happened(shop, "purchase", bought)
    trial = tried(shop, EVENT)
    assert (visitors(trial), gates(trial)) == (expected, stopped)
    assert [message.at for message in trial.messages] == [NOON - HOUR for _ in expected]


def test_all_messages_that_one_visitor_would_get_are_shown_and_each_counts_for_the_next() -> None:
    shop = stocked()
    visitor(shop, "ann", last_visit=NOON - 20 * HOUR)
    happened(shop, "signup", NOON - 19 * HOUR)
    with_settings(shop, EVENT, steps=["PT1H", "PT4H", "PT9H"])
    hours = [(one.at - NOON) // HOUR for one in tried(shop, EVENT).messages]
    assert hours == [-18, -4, 6]  # the second waits for the morning, the third until the first is a day ago
    assert tried(shop, EVENT).would_get.value == 1


def happened(shop: Shop, name: str, at: Instant) -> None:
    shop.clock.now = at
    shop.fold(shop.event("ann", name, at, {"order_id": "1", "total": 100, "currency": "EUR", "items": []}))
    shop.clock.now = NOON


def test_an_import_of_the_past_starts_nothing() -> None:
    shop = stocked()
    visitor(shop, "ann", last_visit=NOON - 3 * HOUR)
    shop.fold(shop.event("ann", "signup", NOON - 2 * HOUR))
    assert gates(tried(shop, EVENT)) == {"not_triggered": ["ann"]}


def everything(shop: Shop) -> dict[str, object]:
    """By value: what was only read may look another way, and is the same."""
    return {one.name: copied(getattr(shop.world, one.name)) for one in fields(shop.world) if one.name != "lock"}


def copied(found: object) -> object:
    match found:
        case dict():
            return {key: copied(value) for key, value in found.items()}
        case list() | set():
            return [copied(value) for value in found]
        case _:
            return found


def test_nothing_is_written_and_nothing_is_queued() -> None:
    shop = stocked()
    visitor(shop, "ann", last_visit=NOON - DAY)
    visitor(shop, "gone", last_visit=NOON - 30 * DAY - HOUR)
    shop.due.take()
    before = everything(shop)
    for name in (CALENDAR, CLOCK, EVENT):
        tried(shop, name)
    assert everything(shop) == before
    assert not [*shop.due.messages, *shop.audience_queue.messages, *shop.chunks.messages, *shop.push.posts]


def test_a_larger_store_is_estimated_from_its_sample() -> None:
    shop = stocked(shards=64)
    for number in range(500):
        shop.visit(f"v{number}", NOON - DAY)
    for number in range(0, 500, 4):
        subscribe(shop, f"v{number}")
    trial = tried(shop, CALENDAR)
    assert trial.sampled == 384
    assert trial.would_get.low <= 125 <= trial.would_get.high
    assert len(trial.messages) == SHOWN
    assert sum(held.size.value for held in trial.would_not) + trial.would_get.value == pytest.approx(500, abs=2)


def test_what_cannot_be_tried_is_refused() -> None:
    shop = stocked()
    with pytest.raises(NotFound):
        tried(shop, "nothing")
    with pytest.raises(NotFound):
        dry_run(shop)(StoreId("elsewhere0"), CALENDAR)
    for name in ("bulk", "permission_prompt"):
        with pytest.raises(Conflict):
            tried(shop, name)
    for as_of in (NOON - 30 * DAY - 1, NOON + HOUR):
        with pytest.raises(Rejected):
            tried(shop, CALENDAR, as_of)


def test_a_clock_that_is_a_little_ahead_means_now() -> None:
    shop = stocked()
    assert tried(shop, CALENDAR, NOON + MINUTE).as_of == NOON


def test_fly_mode_says_what_has_a_dry_run_instead() -> None:
    with pytest.raises(Conflict, match="fly_mode:<id>"):
        tried(stocked(), "fly_mode")
