"""The end of a membership is told from less than the whole profile, and is the same as from all of it."""

import pytest
from shopbell.domain.events import Json
from shopbell.domain.part import PartName
from shopbell.domain.profile import Profile
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.codec import StoredProfile, dump, load, load_apart
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.reading import endless, parts_read
from shopbell.domain.segments.reasons import ends_at

from tests.sim.worlds import STORE, VISITOR, stored
from tests.unit.segments.test_conformance import EACH, NAME, Row

BOUGHT: Json = {"event": "purchase"}
VIEWED: Json = {"event": "product_view", "window": {"last": "P30D"}}
PARTS: tuple[tuple[str, Json, str], ...] = (
    ("orders", BOUGHT, "L"),
    ("views", VIEWED, "V"),
    ("views and orders", {"and": [BOUGHT, {"not": VIEWED}]}, "LV"),
    ("a share of buyers", {"and": [BOUGHT, {"bucket": "salt", "from": 0, "to": 50}]}, "L"),
    ("a search", {"event": "search"}, "P"),
    ("a trait of buyers", {"and": [BOUGHT, {"trait": "country", "op": "eq", "value": "TR"}]}, "LP"),
    ("sessions", {"event": "session_ended", "window": {"last": "P30D"}}, "P"),
    ("a favourite", {"affinity": "category", "value": "a"}, "P"),
    ("the cart", {"cart": "count", "value": 1}, "P"),
    ("a score", {"score": "churn_90d", "value": 0.5}, "P"),
    ("time in another", {"in_segment": "other", "for_at_least": "P1D"}, "PV"),
)
ENDLESS: tuple[tuple[str, Json, bool], ...] = (
    ("so many ever", BOUGHT, True),
    ("fewer than so many ever", {**BOUGHT, "op": "lt", "value": 2}, False),  # type: ignore[dict-item]
    ("not even one", {"not": BOUGHT}, False),
    ("no longer fewer", {"not": {"not": BOUGHT}}, True),
    ("in a window", VIEWED, False),
    ("a trait and orders", {"and": [BOUGHT, {"not": {"trait": "country", "op": "eq", "value": "TR"}}]}, True),
    ("age", {"trait": "age", "op": "gte", "value": 18}, False),
    ("sessions, which may merge", {"event": "session_ended"}, False),
    ("another segment", {"in_segment": "other"}, False),
    ("one of them in a window", {"or": [BOUGHT, VIEWED]}, False),
)


def _compiled(rule: Json) -> LiveSegment:
    rules = compile_rules(stored({NAME: rule, "other": VIEWED}))
    return next(one for one in rules.order if one.id == NAME)


@pytest.mark.parametrize(("rule", "parts"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS])
def test_only_the_parts_that_a_leaf_looks_into_are_read(rule: Json, parts: str) -> None:
    assert parts_read(_compiled(rule)) == set(parts)


@pytest.mark.parametrize(("rule", "never"), [row[1:] for row in ENDLESS], ids=[row[0] for row in ENDLESS])
def test_what_time_cannot_end_is_known_from_the_rule(rule: Json, never: bool) -> None:
    assert endless(parse_rule(rule)) is never


@EACH
def test_a_part_of_the_profile_tells_the_end_as_the_whole_does(row: Row) -> None:
    home = row.home
    rules = compile_rules(stored(row.rules), time_zone=home.zone, currency=home.currency, statistics=row.statistics)
    segment = next(one for one in rules.order if one.id == NAME)
    body = dump(fold(Profile(STORE, VISITOR, memberships=row.entered, scores=row.scores), row.events, rules))

    end = ends_at(segment, load(STORE, VISITOR, body, 1, rules.version, None), row.now)
    if endless(parse_rule(row.raw["rule"])):
        assert end is None
    found = _read(body, parts_read(segment))
    assert end == (None if found is None else ends_at(segment, found, row.now))


def _read(body: StoredProfile, parts: frozenset[PartName]) -> Profile | None:
    """As the tables answer it: nobody where no part is stored."""
    p, l, v = (getattr(body, part.lower()) if part in parts else b"" for part in ("P", "L", "V"))  # noqa: E741
    if "P" in parts:
        return load(STORE, VISITOR, StoredProfile(p, l, v), 0, 0, None)
    return load_apart(STORE, VISITOR, StoredProfile(b"", l, v)) if l or v else None
