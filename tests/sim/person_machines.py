"""What people do in the simulated store: everything, or only what a few rules count."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import rule
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND
from shopbell.domain.events import Json
from shopbell.domain.ids import VisitorId

from tests.sim.person_rules import CROWD, EDITS, OUTDOOR, RULES, SCORES, STATISTICS, TRAITS
from tests.sim.person_steps import Store
from tests.sim.person_world import ANNA, LAPTOP, PEOPLE, PHONE, Source

AGES: Final = (0, 0, 0, -MINUTE, SECOND, 10 * MINUTE, 25 * MINUTE, 50 * MINUTE, HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY)
WHO: Final = st.sampled_from((PHONE, PHONE, PHONE, ANNA, ANNA, LAPTOP))
AGE: Final = st.sampled_from(AGES)
PRODUCT: Final = st.sampled_from(("boot", "pan"))
PRICES: Final[Mapping[str, int]] = {"boot": 5_000, "pan": 100}


class People(Store):
    """Everything."""

    @rule(
        who=WHO,
        kind=st.sampled_from(("product_view", "product_view", "page_view")),
        age=AGE,
        product=PRODUCT,
        seconds=st.integers(1, 9),
    )
    def looks(self, who: VisitorId, kind: str, age: int, product: str, seconds: int) -> None:
        self._report(who, kind, age, {"product_id": product, "seconds": seconds})

    @rule(
        who=WHO,
        order=st.integers(1, 3),
        total=st.sampled_from((100, 900)),
        trusted=st.booleans(),
        age=AGE,
        product=PRODUCT,
    )
    def buys(self, who: VisitorId, order: int, total: int, trusted: bool, age: int, product: str) -> None:
        items: Json = [{"product_id": product, "price": total // 2, "quantity": 1}]
        self._report(who, "purchase", age, {"order_id": f"o{order}", "total": total, "items": items}, trusted=trusted)

    @rule(
        who=WHO, kind=st.sampled_from(("cart_add", "cart_add", "cart_remove", "cart_clear")), age=AGE, product=PRODUCT
    )
    def fills_the_cart(self, who: VisitorId, kind: str, age: int, product: str) -> None:
        said: Mapping[str, Json] = {"product_id": product, "price": PRICES[product]}
        self._report(who, kind, age, {} if kind == "cart_clear" else said)

    @rule(who=WHO, kind=st.sampled_from(("login", "login", "search", "push_shown", "push_clicked")), age=AGE)
    def does(self, who: VisitorId, kind: str, age: int) -> None:
        """A login turns 46 memberships at once: more than one transaction takes."""
        self._report(who, kind, age, {})

    @rule(who=WHO, said=st.sampled_from(TRAITS))
    def tells(self, who: VisitorId, said: Mapping[str, Json]) -> None:
        self._report(who, "traits_changed", 0, said)

    @rule(who=WHO, kind=st.sampled_from(("subscribed", "unsubscribed")), number=st.integers(1, 2))
    def subscribes(self, who: VisitorId, kind: str, number: int) -> None:
        said: Mapping[str, Json] = {"subscription_id": f"s{number}", "service": "fcm", "topics": ["sale"]}
        self._report(who, kind, 0, said)

    @rule(which=st.integers(0, len(STATISTICS) - 1))
    def statistics_move(self, which: int) -> None:
        world = self.world
        if world.rules.statistics != STATISTICS[which]:
            world.old_rules = world.rules
            world.rules = replace(world.rules, version=world.rules.version + 1, statistics=dict(STATISTICS[which]))
            for who in PEOPLE:
                world.night(who)

    @rule(who=WHO, which=st.integers(0, len(SCORES) - 1))
    def is_scored(self, who: VisitorId, which: int) -> None:
        self.made += 1
        self.world.night(who, {**SCORES[which], "at": self.made})


def few_rules() -> Mapping[str, Json]:
    return {
        "viewed": RULES["viewed"],
        "a_parent": RULES["a_parent"],
        "one_time": RULES["one_time"],
        "once": {"event": "product_view", "where": [OUTDOOR], "op": "eq", "value": 1, "window": {"last": "P7D"}},
        "edited": EDITS["edited"][0],
    }


class Few(Store):
    """Little happens besides views, so that the same few rules are met again and again."""

    source: ClassVar[Source] = staticmethod(few_rules)

    @rule(
        who=st.sampled_from((PHONE, PHONE, ANNA)),
        kind=st.sampled_from(("product_view", "page_view", "page_view")),
        age=st.sampled_from((0, -MINUTE, 10 * MINUTE, HOUR, DAY)),
        many=st.integers(1, 4),
    )
    def views(self, who: VisitorId, kind: str, age: int, many: int) -> None:
        for each in range(many):
            self._report(who, kind, age + each * 10 * HOUR, {"product_id": "boot", "seconds": 5})

    @rule(which=st.integers(0, 3))
    def widens(self, which: int) -> None:
        """A rule that must keep more than before, or another altogether."""
        self.world.define("edited", EDITS["edited"][which], "active")

    @rule(who=st.sampled_from((PHONE, ANNA)), total=st.sampled_from((100, 900)), trusted=st.booleans())
    def orders(self, who: VisitorId, total: int, trusted: bool) -> None:
        self._report(who, "purchase", 0, {"order_id": "o1", "total": total}, trusted=trusted)


def crowded_rules() -> Mapping[str, Json]:
    return {"viewed": RULES["viewed"], **CROWD}


class Crowded(Store):
    """Whatever happens turns more memberships than one transaction holds."""

    source: ClassVar[Source] = staticmethod(crowded_rules)

    @rule(who=st.sampled_from((PHONE, ANNA)), age=st.sampled_from((0, 0, HOUR, 2 * DAY)))
    def logs_in(self, who: VisitorId, age: int) -> None:
        self._report(who, "login", age, {})
