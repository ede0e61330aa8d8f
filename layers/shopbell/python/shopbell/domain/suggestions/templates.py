"""Templates of rules, each filled in with what a store's visitors really did."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.suggestions.evidence import Evidence, Tally

Rule = Mapping[str, Json]
_MONTH: Final = {"last": "P30D"}
_WEEK: Final = {"last": "P7D"}
_PER_TEMPLATE: Final = 3


def candidates(evidence: Evidence) -> Sequence[Rule]:
    """The best of each template first, then the second of each, so that the first ten are of many kinds."""
    filled = [list(template) for template in _filled(evidence)]
    return [rules[place] for place in range(_PER_TEMPLATE) for rules in filled if place < len(rules)]


def _filled(seen: Evidence) -> Iterator[Iterator[Rule]]:
    yield (_viewed_not_bought(name) for name in _top(seen.not_bought))
    yield (_bought(name, "eq", 1) for name in _top(seen.bought))
    yield _if(seen, "cart_add", _did_not_buy("cart_add", _WEEK))
    yield _if(seen, "push_clicked", _did_not_buy("push_clicked", _MONTH))
    yield iter([_fading()] if seen.repeat_buyers else [])
    yield (_brand(name) for name in _top(seen.brands))
    yield iter([_bargains()] if seen.bargain_hunters else [])
    # one country alone would mean everybody
    yield (_country(name) for name in (_top(seen.countries) if len(seen.countries) > 1 else ()))
    yield _if(seen, "search", _did_not_buy("search", _MONTH))
    yield _if(seen, "wishlist_add", _did_not_buy("wishlist_add", {"last": "P90D"}))
    yield _if(seen, "product_view", _lookers())
    yield _if(seen, "purchase", _evenings())
    yield (_device(name) for name in (_top(seen.devices) if len(seen.devices) > 1 else ()))


def _top(tally: Tally) -> list[str]:
    """Those with most visitors; of equal ones the narrower, which says more, then by name."""
    ranked = sorted(tally, key=lambda name: (-tally[name], -name.count("/"), name))
    return [name for name in ranked if name][:_PER_TEMPLATE]


def _if(seen: Evidence, kind: str, rule: Rule) -> Iterator[Rule]:
    return iter([rule] if seen.kinds.get(kind) else [])


def _under(category: str) -> Sequence[Json]:
    return [{"field": "product.category", "op": "under", "value": category}]


def _viewed_not_bought(category: str) -> Rule:
    viewed: Rule = {"event": "product_view", "where": _under(category), "window": _MONTH}
    return {"and": [viewed, {"not": {"event": "purchase", "where": _under(category), "window": _MONTH}}]}


def _bought(category: str, op: str, times: int) -> Rule:
    return {"event": "purchase", "where": _under(category), "op": op, "value": times}


def _did_not_buy(kind: str, window: Rule) -> Rule:
    return {"and": [{"event": kind, "window": window}, {"not": {"event": "purchase", "window": window}}]}


def _fading() -> Rule:
    often: Rule = {"event": "purchase", "op": "gte", "value": 2, "window": {"last": "P365D"}}
    return {"and": [often, {"not": {"event": "purchase", "window": {"last": "P60D"}}}]}


def _brand(brand: str) -> Rule:
    where: Sequence[Json] = [{"field": "product.brand", "op": "eq", "value": brand}]
    return {"event": "purchase", "where": where, "op": "gte", "value": 3}


def _bargains() -> Rule:
    where: Sequence[Json] = [{"field": "discounted", "op": "eq", "value": True}]
    return {"event": "purchase", "where": where, "op": "gte", "value": 2}


def _country(country: str) -> Rule:
    return {"trait": "country", "op": "eq", "value": country}


def _lookers() -> Rule:
    return {
        "and": [
            {"event": "product_view", "op": "gte", "value": 5, "window": _MONTH},
            {"not": {"event": "purchase", "window": {"last": "P90D"}}},
        ]
    }


def _evenings() -> Rule:
    where: Sequence[Json] = [{"field": "at.hour", "op": "gte", "value": 18}]
    return {"event": "purchase", "where": where, "op": "gte", "value": 2, "window": {"last": "P180D"}}


def _device(device: str) -> Rule:
    return {"subscription": "device", "op": "eq", "value": device}
