"""The same machine with rules on carts, sessions and favourites: late events bridge sessions, rules come and go."""

from collections.abc import Mapping
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.events import Json

from tests.sim.person_machines import People
from tests.sim.person_world import PHONE, Source
from tests.sim.test_segments import EXAMPLES, _settings

RULES: Final[Mapping[str, Json]] = {
    "viewed": {"event": "product_view", "window": {"last": "P30D"}},
    "ended": {"event": "session_ended", "window": {"last": "P2D"}},
    "came_twice": {"event": "session_ended", "op": "eq", "value": 2, "window": {"last": "P7D"}},
    "came_before": {"event": "session_ended", "window": {"from": "P10D", "to": "P2D"}},
    "gone": {"last": "session_ended", "ago": {"op": "gte", "value": "P7D"}},
    "left": {"event": "cart_abandoned", "window": {"last": "P2D"}},
    "left_dear": {"event": "cart_abandoned", "where": [{"field": "value", "op": "gte", "value": 5_000}]},
    "holding": {"and": [{"cart": "count"}, {"cart": "age", "op": "gte", "value": "PT1H"}]},
    "dear": {"cart": "value", "op": "gte", "value": 5_000},
    "boots": {"cart": "contains", "field": "category", "op": "under", "value": "Outdoor"},
    "cook": {"affinity": "category", "value": "Kitchen", "top": 1},
}
EDITS: Final[tuple[Json, ...]] = (
    {"event": "session_ended", "op": "gte", "value": 3, "window": {"last": "P3D"}},
    {"event": "session_ended", "op": "gte", "value": 2},
    {"event": "cart_abandoned", "window": {"from": "P20D", "to": "P3D"}},
    {"affinity": "brand", "value": "Alp"},
)
AGES: Final = (0, 0, 10 * MINUTE, 25 * MINUTE, 40 * MINUTE, HOUR, DAY, 3 * DAY)


def rules_on_visits() -> Mapping[str, Json]:
    return RULES


class Visits(People):
    source: ClassVar[Source] = staticmethod(rules_on_visits)

    @rule(
        kind=st.sampled_from(("cart_add", "cart_add", "cart_remove", "cart_clear")),
        product=st.sampled_from(("boot", "pan")),
        age=st.sampled_from(AGES),
    )
    def fills_one_cart(self, kind: str, product: str, age: int) -> None:
        self._report(PHONE, kind, age, {} if kind == "cart_clear" else {"product_id": product})

    @rule(minutes=st.integers(1, 40), wakes=st.booleans())
    def minutes_pass(self, minutes: int, wakes: bool) -> None:
        self.world.now += minutes * MINUTE
        if wakes:
            self._wake()

    @rule(which=st.integers(0, len(EDITS) - 1), live=st.booleans())
    def edits_a_rule_on_visits(self, which: int, live: bool) -> None:
        self.world.define("edited", EDITS[which], "active" if live else "archived")


def test_membership_by_visits_is_what_the_oracle_says() -> None:
    run_state_machine_as_test(Visits, settings=_settings(min(EXAMPLES, 40), 30))
