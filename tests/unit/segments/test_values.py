"""Sums, averages, extremes, distinct values, ratios, windows since an event: what is kept answers like everything."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.profile import Profile
from shopbell.domain.segments.codec import StoredProfile, dump, load
from shopbell.domain.segments.definition import StoredRules
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.truth import FOREVER

from tests.sim.worlds import STORE, VISITOR, compiled, event, stored

BASE: Final[Instant] = 1_790_000_000_000
BOOTS: Final[Json] = [{"field": "items.product_id", "op": "eq", "value": "boot"}]
WINDOWS: Final[Mapping[str, Json]] = {
    "ever": None,
    "last": {"last": "P3D"},
    "ago": {"from": "P6D", "to": "P2D"},
    "since": {"since": "2026-09-18T00:00:00Z"},
    "between": {"between": ["2026-09-17T00:00:00Z", "2026-09-20T00:00:00Z"]},
    "since_event": {"since_event": {"last": "cart_add"}},
}
LEAVES: Final[Mapping[str, Mapping[str, Json]]] = {
    "spend": {"event": "purchase", "aggregate": "sum", "of": "total", "op": "gte", "value": 900},
    "items": {
        "event": "purchase",
        "where": BOOTS,
        "aggregate": "sum",
        "of": "items.quantity",
        "op": "gt",
        "value": 3,
    },
    "mean": {"event": "rated", "aggregate": "avg", "of": "stars", "op": "lt", "value": 3.5},
    "worst": {"event": "rated", "aggregate": "min", "of": "stars", "op": "lte", "value": 1},
    "best": {"event": "rated", "aggregate": "max", "of": "stars", "op": "between", "value": [4, 4.5]},
    "span": {"event": "product_view", "aggregate": "sum", "of": "seconds", "op": "eq", "value": 30},
    "range": {"event": "product_view", "aggregate": "distinct", "of": "product_id", "op": "gte", "value": 2},
    "bought": {"event": "purchase", "aggregate": "distinct", "of": "items.product_id", "op": "eq", "value": 2},
    "few": {"event": "rated", "aggregate": "distinct", "of": "stars", "op": "lt", "value": 2},
    "count": {"event": "rated", "op": "gte", "value": 2},
}
DISCOUNTED: Final[Json] = [{"field": "discounted", "op": "eq", "value": True}]
RATIO: Final[Mapping[str, Json]] = {
    "ratio": {
        "of": {"event": "purchase", "where": DISCOUNTED},
        "to": {"event": "purchase", "window": {"last": "P5D"}},
    },
    "op": "gte",
    "value": 0.5,
}


def _windowed(leaf: Mapping[str, Json], window: Json) -> Json:
    return leaf if window is None else {**leaf, "window": window}


RULES: Final[dict[str, Json]] = {
    **{
        f"{name}_{when}": _windowed(leaf, window) for name, leaf in LEAVES.items() for when, window in WINDOWS.items()
    },
    "ratio": RATIO,
}
RULESET: Final[Ruleset] = compiled(RULES)
SPANS: Final = (0, 1, 2 * DAY, 3 * DAY, 5 * DAY, 6 * DAY)

INSTANTS = st.builds(
    lambda hours, minutes: BASE + hours * 6 * HOUR + minutes * MINUTE, st.integers(-40, 0), st.integers(0, 7)
)
LINES: Final[st.SearchStrategy[Json]] = st.lists(
    st.fixed_dictionaries({"product_id": st.sampled_from(("boot", "pan", "cup")), "quantity": st.integers(1, 3)}),
    max_size=3,
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """An id stands for one event, sent once or more; an order may be reported by several events."""
    made: list[Event] = []
    for number in range(draw(st.integers(1, 18))):
        kind = draw(st.sampled_from(("purchase", "purchase", "rated", "product_view", "cart_add")))
        items: Json = draw(LINES)
        properties: Mapping[str, Json] = {
            "order_id": f"o{draw(st.integers(0, 4))}",
            "total": draw(st.sampled_from((100, 450.5, 900, "much"))),
            "items": items,
            "stars": draw(st.sampled_from((1, 2, 4, 4.5, 5, None))),
            "seconds": draw(st.sampled_from((10, 20, 30))),
            "product_id": draw(st.sampled_from(("boot", "pan", "cup"))),
        }
        one = event(f"{kind}-{number}", kind, draw(INSTANTS), properties)
        made.append(replace(one, trusted=draw(st.booleans()), discounted=draw(st.booleans())))
    return made


def _again(body: StoredProfile) -> Profile:
    return load(STORE, VISITOR, body, 1, RULESET.version, None)


def _in_batches(events: Sequence[Event], sizes: Sequence[int]) -> StoredProfile:
    body, rest = dump(Profile(STORE, VISITOR)), list(events)
    for size in [*sizes, len(rest)]:
        body = dump(fold(_again(body), rest[:size], RULESET))
        rest = rest[size:]
    return body


@dataclass(frozen=True)
class Plain:
    """Everything, looked at from the beginning each time."""

    events: Sequence[Event]

    def truth(self, rule: Mapping[str, Json], now: Instant) -> bool:
        if "ratio" in rule:
            ratio = rule["ratio"]
            assert isinstance(ratio, dict)
            of, to = self.number(ratio["of"], now), self.number(ratio["to"], now)
            return bool(to) and _compares(rule, of / to)  # type: ignore[operator]
        return _compares(rule, self.number(rule, now))

    def number(self, leaf: Mapping[str, Json], now: Instant) -> float | None:
        events = [each for each in self._of(str(leaf["event"])) if self._inside(leaf.get("window"), each.at, now)]
        if leaf.get("where") == DISCOUNTED:
            events = [each for each in events if each.discounted]
        aggregate = leaf.get("aggregate", "count")
        if aggregate == "count":
            return len(events)
        values = [value for each in events for value in _values(leaf, each)]
        if aggregate == "distinct":
            return len(set(values))
        numbers = [value for value in values if isinstance(value, int | float)]
        fold: Mapping[str, Callable[[Iterable[float]], float]] = {"min": min, "max": max, "avg": _mean, "sum": sum}
        return fold[str(aggregate)](numbers) if numbers or aggregate == "sum" else None

    def _of(self, kind: str) -> list[Event]:
        best: dict[str, Event] = {}
        for each in sorted((each for each in self.events if each.type == kind), key=_rank):
            best.setdefault(each.element_id, each)
        return list(best.values())

    def _inside(self, window: Json, at: Instant, now: Instant) -> bool:
        if at > now:
            return False
        if window == WINDOWS["since_event"]:
            anchors = [each.at for each in self._of("cart_add") if each.at <= now]
            return bool(anchors) and at > max(anchors)
        if window == {"last": "P5D"}:
            return at > now - 5 * DAY
        inside: Mapping[str, bool] = {
            "ever": True,
            "last": at > now - 3 * DAY,
            "ago": now - 6 * DAY < at <= now - 2 * DAY,
            "since": _fixed("since", at),
            "between": _fixed("between", at),
        }
        name = next(name for name, each in WINDOWS.items() if each == window)
        return inside[name]


def _fixed(name: str, at: Instant) -> bool:
    day = at // DAY
    first, last = {"since": (20_714, 99_999), "between": (20_713, 20_716)}[name]
    return first <= day < last or at == last * DAY


def _rank(each: Event) -> tuple[bool, str, int]:
    return not each.trusted, each.id, -each.at


def _mean(numbers: Iterable[float]) -> float:
    known = list(numbers)
    return sum(known) / len(known)


def _values(leaf: Mapping[str, Json], each: Event) -> list[Json]:
    scope, _, name = str(leaf["of"]).rpartition(".")
    lines = each.properties["items"]
    assert isinstance(lines, list)
    if not scope:
        return [each.properties[name]] if each.properties.get(name) is not None else []
    return [line[name] for line in lines if "where" not in leaf or line["product_id"] == "boot"]


def _compares(rule: Mapping[str, Json], number: float | None) -> bool:
    if number is None:
        return False
    value = rule["value"]
    if isinstance(value, list):
        return bool(value[0] <= number <= value[1])
    limit = float(value)  # type: ignore[arg-type]
    return {"gte": number >= limit, "gt": number > limit, "lt": number < limit, "lte": number <= limit}.get(
        str(rule["op"]), number == limit
    )


@given(data=st.data(), events=histories())
@settings(max_examples=150, deadline=None)
def test_any_order_repetition_and_batching_gives_the_same_bytes(data: st.DataObject, events: list[Event]) -> None:
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=8))
    shuffled = data.draw(st.permutations(repeated))
    sizes = data.draw(st.lists(st.integers(1, 6), max_size=8))
    assert _in_batches(shuffled, sizes) == _in_batches(events, ())


@given(events=histories(), later=st.integers(-5, 60 * 24 * 9))
@settings(max_examples=150, deadline=None)
def test_what_is_kept_answers_like_everything(events: list[Event], later: int) -> None:
    """Truth now, and no other truth before the instant that is given for it."""
    now = max(each.at for each in events) + later * MINUTE
    profile, plain = _again(_in_batches(events, (3, 3))), Plain(events)
    steps = sorted({each.at + span for each in events for span in SPANS if each.at + span > now})
    for name, (truth, until) in evaluate(profile, RULESET, now).items():
        rule = RULES[name]
        assert isinstance(rule, dict)
        assert plain.truth(rule, now) is truth, name
        turn = next((step for step in steps if plain.truth(rule, step) is not truth), FOREVER)
        assert until == turn, name


def _ruled(rule: Json, **statistics: float) -> Ruleset:
    return compile_rules(stored({"it": rule}), statistics=statistics)


def _member(ruleset: Ruleset, *events: Event) -> bool:
    profile = fold(Profile(STORE, VISITOR), events, ruleset)
    return evaluate(profile, ruleset, BASE)[ruleset.order[0].id][0]


def _order(name: str, total: Json, **more: Json) -> Event:
    return event(name, "purchase", BASE, {"order_id": name, "total": total, **more})


BIG: Final[Json] = {**LEAVES["spend"], "value": {"stat": "aov", "times": 3}}


@pytest.mark.parametrize(
    ("statistics", "member"), [({"aov": 300.0}, True), ({"aov": 301.0}, False), ({}, False)], ids=str
)
def test_a_leaf_compares_with_a_statistic_of_the_store_and_is_false_without_it(
    statistics: dict[str, float], member: bool
) -> None:
    assert _member(_ruled(BIG, **statistics), _order("a", 400), _order("b", 500)) is member


def test_money_of_another_currency_is_not_summed_up() -> None:
    ruleset = compile_rules(stored({"it": LEAVES["spend"]}), currency="EUR")
    assert not _member(ruleset, _order("a", 500, currency="EUR"), _order("b", 500, currency="USD"))
    assert _member(ruleset, _order("a", 500, currency="EUR"), _order("b", 500))


def test_a_ratio_without_a_divisor_is_false_whatever_it_is_compared_with() -> None:
    ruleset = _ruled({**RATIO, "op": "lte", "value": 1})
    assert not _member(ruleset)
    assert _member(ruleset, _order("a", 1))


@pytest.mark.parametrize("total", [1e19, True, [], {}, "9", None], ids=repr)
def test_what_is_no_number_of_a_shop_is_no_number(total: Json) -> None:
    assert not _member(_ruled({**LEAVES["spend"], "value": 1}), _order("a", total))


def test_a_feature_that_comes_to_keep_more_is_folded_from_the_log_over_what_is_there() -> None:
    few = stored({"it": {"event": "rated", "aggregate": "distinct", "of": "stars", "value": 1}})
    many = stored({"it": {"event": "rated", "aggregate": "distinct", "of": "stars", "value": 4}}, few, version=2)
    events = [event(f"r{n}", "rated", BASE - n * HOUR, {"stars": n}) for n in range(5)]
    narrow = fold(Profile(STORE, VISITOR), events, compile_rules(few))
    assert isinstance(many, StoredRules)
    wide = compile_rules(many)
    again = fold(narrow, events[:4], wide)
    assert again.ledger == fold(Profile(STORE, VISITOR), events[:4], wide).ledger
    assert evaluate(again, wide, BASE)[wide.order[0].id][0]
