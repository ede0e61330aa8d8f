"""What is wrong with a rule is said in the words of the whole API, not in those of the library that found it."""

import pytest
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.templates import check_template

CASES: tuple[tuple[Json, str, str], ...] = (
    ({"event": "purchase", "foo": 1}, "foo", "is not a known field"),
    ({"event": 5}, "event", "must be a string"),
    (
        {"event": "Bad Name"},
        "event",
        "must be the name of an event: small letters, digits and _, a letter first, 64 at most",
    ),
    ({"event": "purchase", "op": "gte", "value": "x"}, "value", "must be an integer or a list"),
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
