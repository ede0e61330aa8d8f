"""What reports count equals what the raw events say, and what was missed is found by night."""

import random
from collections import Counter

from shopbell.app.nightly.reports import RecountReports
from shopbell.app.nightly.work import NightWork
from shopbell.domain.attribution import overall
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import VisitorId

from tests.unit.app.shop import STORE
from tests.unit.reporting.people import NOON, Counting, by_hand, into_cart, order, receipt, refund

PEOPLE = [VisitorId(f"v{number:03d}") for number in range(300)]


def happenings(draw: random.Random) -> list[Event]:
    """About 10,000 events of 300 people over a week."""
    found: dict[str, Event] = {}
    while len(found) < 10_000:
        who, at = draw.choice(PEOPLE), NOON + draw.randrange(7 * 24 * 60) * MINUTE
        name, total = f"{who}-{draw.randrange(6)}", draw.randrange(1, 500)
        kind = draw.choices(("shown", "clicked", "closed", "landed", "buy", "back", "cart"), (6, 3, 2, 2, 3, 1, 3))[0]
        if kind == "buy":
            one = order(who, at, name, total, trusted=draw.random() < 0.5)
        elif kind == "back":
            one = refund(who, at, name, draw.choice((None, total)))
        elif kind == "cart":
            one = into_cart(who, at)
        else:
            one = receipt(who, at, kind)
        found[one.id] = one
    return list(found.values())


def recounted(events: list[Event]) -> dict[str, int]:
    """Of the raw events, person by person."""
    total: Counter[str] = Counter(one.type.removeprefix("push_") for one in events if one.type.startswith("push_"))
    for who in PEOPLE:
        total.update(by_hand([one for one in events if one.visitor == who]))
    return dict(total)


def test_ten_thousand_events_with_duplicates_and_replays_come_to_what_the_raw_events_say() -> None:
    draw, counting = random.Random(7), Counting()  # noqa: S311 - the same events at every run
    events = happenings(draw)
    items = counting.log(*events)
    late = [(item.events[0].at + draw.randrange(DAY), item) for item in items]
    again = [(item.events[0].at + draw.randrange(2 * DAY), item) for item in draw.sample(items, 2_000)]
    arrivals = [item for _, item in sorted((*late, *again), key=lambda one: one[0])]
    for start in range(0, len(arrivals), 100):
        batch: list[EventItem] = arrivals[start : start + 100]
        counting.count(batch)
        if draw.random() < 0.2:
            counting.count(arrivals[max(0, start - 50) : start + 30])
    found = counting.totals()
    assert counting.totals(overall.SOURCE) == found, "there is one source: the store's sums are its own"
    carts = found.pop("carts")
    assert found == recounted(events)
    assert 0 < carts < found["clicked"] + found["landed"]


def test_what_the_stream_never_told_of_is_counted_by_night_and_said() -> None:
    counting = Counting()
    ann = PEOPLE[0]
    counting.shop.visit(ann)
    counting.tell(receipt(ann, NOON), order(ann, NOON + MINUTE))
    counting.log(receipt(ann, NOON + 1, "shown"), order(ann, NOON + HOUR, "o2", 70))
    said: list[tuple[str, dict[str, Json]]] = []

    def note(words: str, **fields: Json) -> None:
        said.append((words, fields))

    counting.shop.clock.now = NOON + 12 * HOUR
    night = RecountReports(counting.shop.visitors, counting.events, counting.count, counting.shop.clock, share=1)
    work = NightWork(STORE, NOON + DAY, "reports", 0)
    store = counting.shop.world.stores[STORE]
    assert night.page(store, work, None, note).counts["report_drift"] == 1
    assert counting.measured("shown", "clicked", "orders", "revenue:EUR") == (1, 1, 2, 1_070)
    assert said == [
        (
            "a report had drifted",
            {
                "store": STORE,
                "visitor": ann,
                "outcomes": {"receipts": 1, "orders": 1, "revenue:EUR": 70, "squares:EUR": 1_070**2 - 1_000**2},
            },
        )
    ]
    assert night.page(store, work, None, note).counts == {"reports_recounted": 1}


def silent(words: str, **fields: Json) -> None:
    """Nobody listens."""


def test_what_came_a_moment_ago_is_no_drift() -> None:
    counting = Counting()
    counting.shop.visit(PEOPLE[0])
    counting.log(receipt(PEOPLE[0], NOON))
    night = RecountReports(counting.shop.visitors, counting.events, counting.count, counting.shop.clock, share=1)
    store, work = counting.shop.world.stores[STORE], NightWork(STORE, NOON, "reports", 0)
    assert night.page(store, work, None, silent).counts == {"reports_recounted": 1}
    assert counting.totals() == {}
