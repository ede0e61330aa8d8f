"""The hours of a series add up to the whole, also when two turn out to be one and their past is counted anew."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.app.tracking.identify import identified_item
from shopbell.domain.attribution.cells import MOST_HOURS
from shopbell.domain.attribution.overall import SOURCE
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.events import Event
from shopbell.domain.ids import VisitorId, customer
from shopbell.domain.profile import Alias

from tests.unit.app.shop import STORE
from tests.unit.reporting.people import ANN, BEN, NOON, Counting, into_cart, order, receipt, refund

WHOSE = customer("42")
WHO = st.sampled_from((ANN, BEN, WHOSE))
AT = st.integers(0, 80).map(lambda hours: NOON + hours * HOUR)
EVENTS = st.one_of(
    st.builds(
        lambda who, at, one: receipt(who, at, source=one, run=one), WHO, AT, st.sampled_from(("spring", "fall"))
    ),
    st.builds(lambda who, at, name: order(who, at, f"o{name}"), WHO, AT, st.integers(0, 9)),
    st.builds(lambda who, at, name: refund(who, at, f"o{name}", 100), WHO, AT, st.integers(0, 9)),
    st.builds(into_cart, WHO, AT),
)


def joined(counting: Counting, who: VisitorId) -> None:
    counting.aliases.link(STORE, who, Alias(WHOSE, NOON))
    item = identified_item(STORE, who, WHOSE, NOON)
    counting.events.append([item])
    counting.count([item])


def by_hours(counting: Counting, source: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for _, cells in counting.counts.hours(STORE, source, NOON - DAY, NOON + 30 * DAY):
        found.update(cells)
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(EVENTS, max_size=20, unique_by=lambda one: one.id), st.integers(0, 20), st.integers(0, 20))
def test_hours_add_up_to_the_whole_whenever_two_become_one(events: list[Event], first: int, second: int) -> None:
    counting = Counting()
    for place, one in enumerate(events):
        if place == first:
            joined(counting, ANN)
        if place == second:
            joined(counting, BEN)
        counting.tell(one)
    for source in ("spring", "fall", SOURCE):
        whole = Counter(counting.counts.totals(STORE, source))
        whole.subtract(by_hours(counting, source))
        assert not any(whole.values()), source


def test_of_a_guest_with_a_long_past_some_hours_are_told_late_and_none_is_lost() -> None:
    counting = Counting()
    counting.tell(receipt(ANN, NOON, window=30 * DAY))
    many = 2 * MOST_HOURS
    counting.tell(*(order(BEN, NOON + hour * HOUR, f"o{hour}") for hour in range(many)))
    joined(counting, BEN)
    joined(counting, ANN)
    assert counting.measured("orders") == (many,)
    assert by_hours(counting, "spring")["0|orders|"] == many
