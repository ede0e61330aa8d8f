"""Rules of every kind, made up by hypothesis."""

from collections.abc import Mapping

from hypothesis import strategies as st
from shopbell.domain.events import Json

Raw = st.SearchStrategy[Mapping[str, Json]]
Values = st.SearchStrategy[Json]
EVENTS = st.sampled_from(["purchase", "product_view", "cart_add", "quiz_done", "push_shown", "session_ended"])
LENGTHS = st.sampled_from(["PT1H", "P1D", "P7D", "P30D", "P1DT12H"])
WORDS = st.sampled_from(["a", "TR", "Outdoor/Boots", "”", "it, or “b", ""])
NAMES = st.sampled_from(["vip", "c1", "it”s"])
_WHOLE: Values = st.integers(0, 9) | st.just(1000)
_NUMBERS: Values = _WHOLE | st.just(0.4)
_STAT: Values = st.fixed_dictionaries(
    {"stat": st.sampled_from(["aov", "spend_p90"]), "times": st.sampled_from([1, 3, 0.5])}
)
_GAP: Values = st.fixed_dictionaries(
    {"stat": st.sampled_from(["repeat_gap_median", "long_gap"]), "times": st.sampled_from([1, 3])}
)
_NUMERIC = st.sampled_from(["gte", "gt", "lte", "lt", "eq", "ne"])
_PAIR = st.sampled_from([[0, 1], [1, 1], [2, 5]])
FIELDS = st.sampled_from(["total", "items.product_id", "product.category", "points", "trusted", "coupon"])


def _either(single: st.SearchStrategy[Json]) -> Raw:
    one = st.fixed_dictionaries({"op": _NUMERIC, "value": single})
    return one | st.fixed_dictionaries({"op": st.just("between"), "value": _PAIR})


def _test() -> Raw:
    texts = st.sampled_from(["eq", "ne", "gt", "lte"])
    parts = st.sampled_from(["contains", "starts_with", "ends_with", "under", "matches"])
    lists = st.sampled_from(["in", "not_in"])
    words = WORDS.filter(bool)
    return st.one_of(
        st.fixed_dictionaries({"op": texts, "value": WORDS | st.integers(-2, 9)}),
        st.fixed_dictionaries({"op": parts, "value": words}),
        st.fixed_dictionaries({"op": lists, "value": st.lists(WORDS, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"op": st.sampled_from(["exists", "not_exists"])}),
        st.fixed_dictionaries({"op": st.just("eq"), "value": st.booleans()}),
    )


def _with(parts: Mapping[str, st.SearchStrategy[Json]], *more: Raw, **maybe: st.SearchStrategy[Json]) -> Raw:
    """An object of fixed keys, of all the keys of `more`, and of some that may be missing."""
    base: Raw = st.fixed_dictionaries(dict(parts), optional=maybe)
    return st.tuples(base, *more).map(lambda made: {key: value for each in made for key, value in each.items()})


_HOURS: Raw = _with({"field": st.just("at.hour")}, _either(st.integers(0, 23)))
WHERE = st.lists(_with({"field": FIELDS}, _test()) | _HOURS, max_size=2)
_ANCHOR = _with({"last": EVENTS}, where=WHERE)
WINDOWS: Raw = st.one_of(
    st.fixed_dictionaries({"last": LENGTHS}),
    st.just({"from": "P60D", "to": "P30D"}),
    st.just({"since": "2026-01-01T00:00:00Z"}),
    st.just({"between": ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"]}),
    st.fixed_dictionaries({"since_event": _ANCHOR}),
)
_AGES: Raw = st.one_of(
    st.fixed_dictionaries({"op": st.sampled_from(["gte", "gt", "lte", "lt"]), "value": LENGTHS}),
    st.just({"op": "between", "value": ["PT1H", "P1D"]}),
)
_GAPS: Raw = st.fixed_dictionaries({"op": st.just("gt"), "value": _GAP})
_VALUES = st.sampled_from(["sum", "avg", "min", "max"])
_MEASURE = _with({"event": EVENTS}, where=WHERE, window=WINDOWS) | _with(
    {"event": EVENTS, "aggregate": _VALUES, "of": FIELDS}, where=WHERE, window=WINDOWS
)
_LATER_STEPS: st.SearchStrategy[list[Json]] = st.sampled_from(
    [
        [{"event": "cart_add", "negate": True}],
        [{"event": "cart_add"}],
        [{"event": "cart_add"}, {"event": "purchase", "negate": True}],
        [{"event": "purchase", "negate": True}, {"event": "cart_add"}],
    ]
)
_STEPS = st.tuples(_with({"event": EVENTS}, where=WHERE), _LATER_STEPS).map(lambda made: [made[0], *made[1]])

BEHAVIOUR: Raw = st.one_of(
    _with({"event": EVENTS}, _either(st.integers(0, 9)), where=WHERE, window=WINDOWS),
    _with(
        {"event": EVENTS, "aggregate": _VALUES, "of": FIELDS}, _either(_WHOLE | _STAT), where=WHERE, window=WINDOWS
    ),
    _with({"event": EVENTS, "aggregate": _VALUES, "of": st.just("points")}, _either(_NUMBERS), window=WINDOWS),
    _with(
        {"event": EVENTS, "aggregate": st.just("distinct"), "of": FIELDS}, _either(st.integers(0, 9)), window=WINDOWS
    ),
    _with({"last": EVENTS, "ago": _AGES | _GAPS}, where=WHERE),
    _with({"first": EVENTS, "ago": _AGES}, where=WHERE),
    _with({"ratio": st.fixed_dictionaries({"of": _MEASURE, "to": _MEASURE})}, _either(_NUMBERS)),
    _with({"sequence": _with({"steps": _STEPS, "within": LENGTHS}, same=st.just("product_id"), window=LENGTHS)}),
    _with({"message": st.sampled_from(["accepted", "shown", "closed"])}, _either(st.integers(0, 9)), campaign=NAMES),
)
_CHANCE: Raw = st.fixed_dictionaries({"op": _NUMERIC, "value": st.sampled_from([0, 0.4, 1])})
_NEAR = st.sampled_from(["within_next", "within_last"])
_DAYS = _NEAR | st.sampled_from(["anniversary_within", "anniversary_ago"])
_TRAITS = st.sampled_from(["country", "custom.country", "birthday", "custom.plan"])
_DATED = st.sampled_from(["signed_up_at", "custom.country", "birthday", "custom.plan"])
STANDING: Raw = st.one_of(
    _with({"trait": _TRAITS}, _test()),
    _with({"trait": st.just("age")}, _either(st.integers(0, 99))),
    _with({"trait": _DATED, "op": _DAYS, "value": LENGTHS}),
    st.fixed_dictionaries({"list": NAMES}),
    _with({"subscription": st.sampled_from(["browser", "topic"])}, _test()),
    _with({"subscription": st.just("age")}, _AGES),
    _with({"subscription": st.just("active")}, value=st.just(False)),
    _with({"cart": st.just("value")}, _either(_WHOLE | _STAT)),
    _with({"cart": st.just("count")}, _either(st.integers(0, 9))),
    _with({"cart": st.just("age")}, _AGES),
    _with({"cart": st.just("contains")}, _test(), field=st.sampled_from(["product_id", "category", "brand"])),
    _with({"affinity": st.sampled_from(["category", "brand"]), "value": WORDS.filter(bool)},
          op=st.sampled_from(["eq", "ne", "under"]), top=st.integers(1, 5)),
    _with({"affinity": st.just("brand"), "op": st.just("in"), "value": st.lists(WORDS, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"rfm": st.sampled_from(["champions", "lost"])}),
    st.fixed_dictionaries({"rfm": st.fixed_dictionaries({"r": st.integers(1, 5)}, optional={"m": st.just([2, 3])})}),
    _with({"score": st.just("churn_90d")}, _CHANCE),
    _with({"score": st.just("next_order_at"), "op": _NEAR, "value": LENGTHS}),
    _with({"in_segment": NAMES}, for_at_least=LENGTHS, entered_within=LENGTHS),
    _with({"bucket": NAMES, "from": st.integers(0, 50), "to": st.integers(51, 100)}),
)  # fmt: skip
LEAVES: Raw = BEHAVIOUR | STANDING
RULES: Raw = st.recursive(
    LEAVES,
    lambda inside: st.one_of(
        st.fixed_dictionaries({"and": st.lists(inside, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"or": st.lists(inside, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": inside}),
    ),
    max_leaves=6,
)
"""Objects that the parser takes, unless they are nested too deep."""
