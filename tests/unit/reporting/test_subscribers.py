"""Subscriptions that began and ended are counted once, by browser, and only where somebody came or went."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.tracking.items import system_item
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.attribution.subscribers import SOURCE, Turns, by_browser, summed, turned
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, VisitorId

from tests.unit.app.reporting import reporting
from tests.unit.app.shop import STORE
from tests.unit.reporting.people import NOON

KINDS: dict[str, tuple[str, dict[str, Json]]] = {
    "gained": ("subscribed", {}),
    "renewed": ("subscribed", {"renewed": True}),
    "opt_outs": ("unsubscribed", {"reason": "left"}),
    "retired": ("unsubscribed", {"reason": "gone"}),
    "replaced": ("unsubscribed", {"reason": "replaced"}),
}


def turn(kind: str, at: Instant = NOON, browser: str | None = "firefox", number: int = 0) -> Event:
    name, said = KINDS[kind]
    who, words = VisitorId(f"v{number % 3}"), {**said, "browser": browser}
    return Event(EventId(f"{kind}:{number}"), name, who, at, at, words, trusted=True)


@pytest.mark.parametrize(
    ("event", "measure"),
    [
        pytest.param(turn("gained"), "gained", id="a new one"),
        pytest.param(replace(turn("gained"), backfill=True), "imported", id="one of an import"),
        pytest.param(turn("opt_outs"), "opt_outs", id="by their own word"),
        pytest.param(turn("retired"), "retired", id="given up by the push service"),
        pytest.param(turn("renewed"), None, id="there before"),
        pytest.param(turn("replaced"), None, id="another has taken its place"),
        pytest.param(replace(turn("gained"), trusted=False), None, id="forged"),
    ],
)
def test_only_who_comes_or_goes_is_counted(event: Event, measure: str | None) -> None:
    assert dict(turned(event, "UTC")) == ({} if measure is None else {Cell(SOURCE, NOON, 0, "firefox", measure): 1})


def test_hours_are_those_of_the_stores_clock() -> None:
    """Nepal is 5:45 ahead of UTC."""
    (cell,) = turned(turn("gained", NOON + 20 * MINUTE), "Asia/Kathmandu")
    assert cell.at == NOON + 15 * MINUTE


def test_what_was_imported_stands_in_the_hour_of_the_import() -> None:
    long_ago = Event(
        EventId("e"), "subscribed", VisitorId("ann"), NOON - 300 * DAY, NOON, {}, trusted=True, backfill=True
    )
    ((cell, number),) = turned(long_ago, "UTC").items()
    assert (cell, number) == (Cell(SOURCE, NOON, 0, "", "imported"), 1)
    assert by_browser([{cell.name: number}]) == {"unknown": Turns(imported=1)}


def test_sums_of_browsers_say_who_is_lost() -> None:
    parts = by_browser([{"0|gained|firefox": 3, "0|opt_outs|chrome": 1}, {"0|retired|firefox": 1}])
    assert parts == {"chrome": Turns(opt_outs=1), "firefox": Turns(gained=3, retired=1)}
    total = summed(parts.values())
    assert (total.lost, total.net) == (2, 1)


EVENTS = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), st.integers(0, 47), st.sampled_from(["chrome", "firefox", None])),
    max_size=20,
).map(lambda rows: [turn(kind, NOON + at * HOUR, browser, number) for number, (kind, at, browser) in enumerate(rows)])


def by_hand(events: Sequence[Event]) -> dict[str, Turns]:
    found: dict[str, list[Turns]] = {}
    for event in events:
        kind = event.id.partition(":")[0]
        if kind in {"gained", "opt_outs", "retired"}:
            one = Turns(
                gained=int(kind == "gained"), opt_outs=int(kind == "opt_outs"), retired=int(kind == "retired")
            )
            found.setdefault(str(event.properties["browser"] or "unknown"), []).append(one)
    return {browser: summed(parts) for browser, parts in found.items()}


@settings(max_examples=60, deadline=None)
@given(data=st.data(), events=EVENTS)
def test_any_cut_and_repetition_comes_to_what_is_counted_by_hand(data: st.DataObject, events: list[Event]) -> None:
    counts, count = reporting(MemoryWorld())
    for start in range(0, len(events), 4):
        first = data.draw(st.integers(0, start))
        for _ in range(data.draw(st.integers(1, 2))):
            count.receipts(STORE, [system_item(STORE, event) for event in events[first : start + 4]])
    assert by_browser([counts.totals(STORE, SOURCE)]) == by_hand(events)
    hours = [named for _, named in counts.hours(STORE, SOURCE, 0, NOON + 3 * DAY)]
    assert by_browser(hours) == by_hand(events)
