"""Suggestions: what visitors did, counted by visitor, fills templates; every candidate is a rule of the language."""

from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import EventId, ProductId, StoreId, SubscriptionId, VapidKeyId, VisitorId
from shopbell.domain.profile import Profile, Trait
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.subscriptions import SubscriptionFact
from shopbell.domain.suggestions.evidence import Evidence, Observed, gather, observe
from shopbell.domain.suggestions.templates import candidates

ANN = VisitorId("ann")
STORE = StoreId("store00001")


def event(kind: str, *categories: str, brand: str | None = None, number: int = 0, discounted: bool = False) -> Event:
    facts = {ProductId("p"): ProductFacts(categories, brand)} if categories or brand else {}
    order: dict[str, Json] = {"order_id": f"o{number}"} if kind == "purchase" else {}
    return Event(EventId(f"{kind}{number}"), kind, ANN, 1, 1, order, discounted=discounted, products=facts)


def test_a_visitor_is_observed_with_categories_and_all_above_them() -> None:
    fact = SubscriptionFact(SubscriptionId("s"), True, 1, "fcm", VapidKeyId("k"), device="mobile")
    profile = Profile(STORE, ANN, traits={"country": Trait(1, "r", "TR")}, subscriptions={fact.id: fact})
    log = [
        event("product_view", "Outdoor/Boots/Winter"),
        event("purchase", "Outdoor/Hats", brand="Brim", number=1, discounted=True),
        event("purchase", "Outdoor/Hats", brand="Brim", number=1, discounted=True),
        event("search"),
    ]

    assert observe(profile, log) == Observed(
        kinds=frozenset({"product_view", "purchase", "search"}),
        viewed=frozenset({"Outdoor", "Outdoor/Boots", "Outdoor/Boots/Winter"}),
        bought=frozenset({"Outdoor", "Outdoor/Hats"}),
        brands=frozenset({"Brim"}),
        country="TR",
        devices=frozenset({"mobile"}),
        purchases=1,
        discounted=1,
    )


def test_visitors_are_counted_once_each() -> None:
    seen = [observe(Profile(STORE, ANN), [event("product_view", "Hats"), event("product_view", "Hats", number=2)])]
    found = gather([*seen, *seen, observe(Profile(STORE, ANN), [event("purchase", "Hats")])])

    assert found.not_bought == {"Hats": 2}
    assert found.bought == {"Hats": 1}
    assert found.kinds == {"product_view": 2, "purchase": 1}


FULL = Evidence(
    kinds=dict.fromkeys(("cart_add", "push_clicked", "search", "wishlist_add", "product_view", "purchase"), 1),
    not_bought={"Hats": 3, "Outdoor": 9, "Outdoor/Boots": 9, "Shoes": 1},
    bought={"Hats": 2},
    brands={"Peak": 4},
    countries={"TR": 5, "DE": 6},
    devices={"mobile": 2, "desktop": 3},
    repeat_buyers=1,
    bargain_hunters=1,
)


def test_every_candidate_is_a_rule_and_none_comes_twice() -> None:
    rules = [parse_rule(rule) for rule in candidates(FULL)]
    assert len(set(rules)) == len(rules) > 10


def test_the_first_ten_are_of_ten_kinds_and_the_biggest_narrowest_category_leads() -> None:
    first = candidates(FULL)[0]["and"]
    assert isinstance(first, list)
    assert first[0]["where"] == [{"field": "product.category", "op": "under", "value": "Outdoor/Boots"}]
    among_ten = [sum(name in str(rule) for rule in candidates(FULL)[:10]) for name in ("Outdoor", "TR", "DE", "Hats")]
    assert among_ten == [1, 0, 1, 1]


def test_what_nobody_did_is_not_suggested() -> None:
    assert list(candidates(Evidence())) == []
    only = candidates(Evidence(kinds={"search": 1}))
    assert [rule["and"][0] for rule in only] == [{"event": "search", "window": {"last": "P30D"}}]  # type: ignore[index]


def test_one_country_alone_tells_nobody_from_the_others() -> None:
    assert list(candidates(Evidence(countries={"TR": 9}, devices={"mobile": 9}))) == []
