"""What is wrong with a rule is said in the words of the whole API, not in those of the library that found it."""

from collections.abc import Iterable
from typing import Final

import pytest
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.templates import check_template

COUNTED: Final = "must be an integer from 0 to 1000, or for `between` a list of two"
PIECES: Final = "must be a number: a statistic of the store is money or a length of time, and this counts"
Case = tuple[Json, str, str]


def _each(key: str, kind: str, message: str, values: Iterable[Json]) -> list[Case]:
    return [({key: kind, "value": value}, "value", message) for value in values]


CASES: tuple[Case, ...] = (
    ({"event": "purchase", "foo": 1}, "foo", "is not a known field"),
    ({"event": 5}, "event", "must be a string"),
    (
        {"event": "Bad Name"},
        "event",
        "must be the name of an event: small letters, digits and _, a letter first, 64 at most",
    ),
    *_each("event", "purchase", COUNTED, ("x", 1.5, 1e30, -1, 1_001, None, True, {"stat": "aov"})),
    ({"message": "shown", "op": "between", "value": [1, 1e30]}, "value", COUNTED),
    ({"event": "purchase", "op": "between", "value": [1]}, "value", COUNTED),
    *_each("cart", "count", PIECES, ({"stat": "aov"}, {"stat": "spend_p90"}, {"stat": "repeat_gap_median"})),
    ({"cart": "count", "op": "between", "value": [1, {"stat": "aov"}]}, "value", PIECES),
    (
        {"trait": "city", "op": "eq", "value": {}},
        "value",
        "must be true or false or an integer or a number or a string or a list",
    ),
    (
        {"event": "purchase", "aggregate": {}, "of": "total"},
        "aggregate",
        "must be count, or with `of` sum, avg, min, max or distinct",
    ),
)


@pytest.mark.parametrize(("raw", "path", "message"), CASES, ids=[str(case[0]) for case in CASES])
def test_a_fault_is_told_in_plain_words(raw: Json, path: str, message: str) -> None:
    with pytest.raises(Rejected) as caught:
        parse_rule(raw)
    assert [(one.path, one.message) for one in caught.value.problems] == [(path, message)]


@pytest.mark.parametrize("source", ["{{ visitor.city", "{% if %}x{% endif %}", "a\nb {{ x | "])
def test_what_is_wrong_with_a_template_takes_one_line(source: str) -> None:
    fault = check_template(source)
    assert fault is not None
    assert "\n" not in fault
