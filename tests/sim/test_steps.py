"""Whatever fails, comes twice or comes in one batch: the same messages go, and none before its time."""

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Instant
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import EventId, SegmentId, VisitorId
from shopbell.domain.scenarios.plan import OnEvent, OnSegment, Plan

from tests.sim.step_world import Fault, Faults, StepWorld
from tests.sim.worlds import STORE
from tests.unit.scenarios.person import START, plan

PHONE, LAPTOP = VisitorId("phone"), VisitorId("laptop")
UNSEARCHED: Json = {"not": {"event": "search"}}
QUIET: Json = {"and": [{"event": "page_view"}, {"not": {"event": "page_view", "window": {"last": "PT40M"}}}]}
FIRST: Json = {"event": "checkout_start", "op": "eq", "value": 1}
PLANS: tuple[Plan, ...] = (
    plan(OnEvent("cart_add"), [10 * MINUTE, HOUR], name="fly_mode:cart", exit_on=frozenset({"purchase"})),
    plan(OnEvent("cart_add"), [30 * MINUTE], name="fly_mode:calm", cooldown=2 * HOUR, audience=UNSEARCHED),
    plan(OnEvent("product_view", key="product_id"), [0], name="fly_mode:viewed", reentry="always"),
    plan(OnEvent("product_view"), [0], name="fly_mode:rare", reentry="always", max_per_user=(2, HOUR)),
    plan(OnEvent("page_view", debounce=15 * MINUTE), [5 * MINUTE], name="fly_mode:pause"),
    plan(OnSegment(SegmentId("quiet"), "entered"), [MINUTE], name="fly_mode:quiet"),
    plan(OnEvent("checkout_start"), [0], name="fly_mode:first", audience=FIRST, recheck_audience=False),
)
KINDS = ("cart_add", "product_view", "page_view", "purchase", "search", "checkout_start")
TOGETHER = 50 * SECOND
"""So much may be held back: less than the shortest delay."""


@dataclass(frozen=True)
class Deed:
    gap: int
    """Seconds since the one before."""
    kind: str
    who: VisitorId = PHONE
    product: str = "p"
    hold: bool = False
    """Whether it waits for the next one's batch."""
    again: tuple[int, ...] = ()
    """Which earlier items come again with it, counted from the latest."""


DEEDS = st.lists(
    st.builds(
        Deed,
        gap=st.one_of(st.integers(1, 20), st.integers(1, 3_000)),
        kind=st.sampled_from(KINDS),
        who=st.sampled_from([PHONE, LAPTOP]),
        product=st.sampled_from("pq"),
        hold=st.booleans(),
        again=st.lists(st.integers(0, 8), max_size=3).map(tuple),
    ),
    max_size=14,
)
FAULTS = st.dictionaries(st.integers(1, 80), st.sampled_from(["before", "after"]), max_size=12)


def item(deed: Deed, number: int, at: Instant) -> EventItem:
    said: dict[str, Json] = {"product_id": deed.product, "order_id": f"o{number}", "total": 100}
    event = Event(EventId(f"e{number}"), deed.kind, deed.who, at, at, said)
    return EventItem(STORE, deed.who, str(number), 0, (event,))


def played(deeds: list[Deed], faults: dict[int, Fault], *, plain: bool, merged: int | None = None) -> StepWorld:
    """`plain`: one by one, each once, and nothing fails. `merged`: before that deed both turn out to be Anna."""
    world = StepWorld(PLANS, {"quiet": QUIET}, START, Faults({} if plain else faults))
    first = START
    for number, deed in enumerate(deeds):
        world.pass_time(world.now + deed.gap * SECOND)
        if number == merged:
            world.fold()
            world.identify(PHONE)
            world.fold()
            world.identify(LAPTOP)
            world.fold()
        first = first if world.held else world.now
        world.report(item(deed, number, world.now))
        if plain or not deed.hold or world.now - first > TOGETHER:
            again = [] if plain else [world.stream[-1 - back] for back in deed.again if back < len(world.stream)]
            world.fold(again)
    world.pass_time(world.now + 3 * DAY)
    return world


def of_anyone(world: StepWorld) -> set[tuple[str, str, int]]:
    """To one person, under whatever id."""
    return {(scenario, key, step) for _, scenario, key, step in world.instances()}


def holding(deeds: list[Deed]) -> list[Deed]:
    """Nothing is held back for longer than TOGETHER."""
    following = [*deeds[1:], Deed(TOGETHER, "search")]
    return [
        Deed(one.gap, one.kind, one.who, one.product, one.hold and after.gap * SECOND <= TOGETHER // 4, one.again)
        for one, after in zip(deeds, following, strict=False)
    ]


@settings(max_examples=60, deadline=None)
@given(deeds=DEEDS, faults=FAULTS)
def test_failures_repeats_and_batches_change_nothing_of_what_is_sent(
    deeds: list[Deed], faults: dict[int, Fault]
) -> None:
    kept = holding(deeds)
    world, plain = played(kept, faults, plain=False), played(kept, {}, plain=True)
    assert world.instances() == plain.instances()
    assert len(plain.sent) == len(plain.instances()), "twice, and nothing failed"
    assert all(not profile.steps for profile in world.world.profiles.values()), "left waiting for ever"


@settings(max_examples=60, deadline=None)
@given(deeds=DEEDS, faults=FAULTS, merged=st.integers(0, 10))
def test_a_merge_loses_nothing_and_doubles_nothing_whatever_fails_in_it(
    deeds: list[Deed], faults: dict[int, Fault], merged: int
) -> None:
    # of one batch, what came under different ids is folded id by id
    kept = [replace(one, hold=False) for one in deeds]
    world = played(kept, faults, plain=False, merged=merged)
    plain = played(kept, {}, plain=True, merged=merged)
    assert of_anyone(world) == of_anyone(plain)
    assert all(not profile.steps for profile in world.world.profiles.values()), "left waiting for ever"
