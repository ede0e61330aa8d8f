"""The rule language by rows that another implementation could run: tests/unit/cases/*.json."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from shopbell.domain.clock import Instant, parse_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import ProductId, SegmentId
from shopbell.domain.profile import Profile
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.sentence import sentence
from shopbell.domain.segments.codec import dump, load
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.truth import FOREVER

from tests.sim.oracle import Oracle
from tests.sim.oracle_fields import Home
from tests.sim.worlds import STORE, VISITOR, event, stored

CASES = Path(__file__).parents[1] / "cases"
NAME = SegmentId("it")


@dataclass(frozen=True)
class Row:
    """A line of the suite: rule, events and an instant give a truth and the instant of its next flip."""

    raw: Mapping[str, Any]

    @property
    def now(self) -> Instant:
        return parse_instant(self.raw["instant"])[0]

    @property
    def flips_at(self) -> Instant | None:
        text = self.raw["flips_at"]
        return None if text is None else parse_instant(text)[0]

    @property
    def rules(self) -> Mapping[str, Any]:
        return {**self.raw.get("segments", {}), NAME: self.raw["rule"]}

    @property
    def events(self) -> Sequence[Event]:
        return [_event(each) for each in self.raw["events"]]

    @property
    def home(self) -> Home:
        return Home(self.raw.get("zone", "UTC"), self.raw.get("currency"))

    @property
    def entered(self) -> Mapping[SegmentId, Instant]:
        return {SegmentId(name): parse_instant(at)[0] for name, at in self.raw.get("members", {}).items()}

    @property
    def statistics(self) -> Mapping[str, float]:
        return dict(self.raw.get("statistics", {}))

    @property
    def scores(self) -> Mapping[str, Json]:
        return dict(self.raw.get("scores", {}))

    @property
    def oracle(self) -> Oracle:
        entered = {str(name): at for name, at in self.entered.items()}
        return Oracle(self.events, self.rules, VISITOR, self.home, self.statistics, self.scores, entered)


def _event(raw: Mapping[str, Any]) -> Event:
    made = event(raw["id"], raw["type"], parse_instant(raw["at"])[0], raw.get("properties"))
    facts = {
        ProductId(name): ProductFacts(tuple(row["categories"]), row["brand"], row["price"], row["in_stock"])
        for name, row in raw.get("products", {}).items()
    }
    flags = {name: raw[name] for name in ("trusted", "discounted", "utc_offset") if name in raw}
    return replace(made, products=facts, **flags)


def _rows() -> list[Row]:
    return [Row(raw) for path in sorted(CASES.glob("*.json")) for raw in json.loads(path.read_text())]


ROWS = _rows()
EACH = pytest.mark.parametrize("row", ROWS, ids=[row.raw["id"] for row in ROWS])


def _ruleset(row: Row) -> Ruleset:
    home = row.home
    return compile_rules(stored(row.rules), time_zone=home.zone, currency=home.currency, statistics=row.statistics)


def _profile(row: Row, ruleset: Ruleset) -> Profile:
    """Folded, written and read again."""
    profile = fold(Profile(STORE, VISITOR, memberships=row.entered, scores=row.scores), row.events, ruleset)
    return load(STORE, VISITOR, dump(profile), 1, ruleset.version, None)


def test_the_suite_has_rows_for_every_leaf() -> None:
    assert len(ROWS) >= 220
    assert len({row.raw["id"] for row in ROWS}) == len(ROWS)


@EACH
def test_truth_and_its_end_are_as_the_row_says(row: Row) -> None:
    ruleset = _ruleset(row)
    truth, until = evaluate(_profile(row, ruleset), ruleset, row.now)[NAME]
    assert truth is row.raw["truth"]
    assert row.now < until
    assert until <= (FOREVER if row.flips_at is None else row.flips_at)


@EACH
def test_stepping_from_breakpoint_to_breakpoint_ends_at_the_flip(row: Row) -> None:
    ruleset = _ruleset(row)
    profile, now = _profile(row, ruleset), row.now
    truth, until = evaluate(profile, ruleset, now)[NAME]
    while until < FOREVER and evaluate(profile, ruleset, until)[NAME][0] is truth:
        until = evaluate(profile, ruleset, until)[NAME][1]
    assert until == (FOREVER if row.flips_at is None else row.flips_at)


@EACH
def test_the_oracle_agrees_with_the_row(row: Row) -> None:
    oracle = row.oracle
    assert oracle.truth(row.raw["rule"], row.now) is row.raw["truth"]
    assert oracle.flips_at(row.raw["rule"], row.now) == row.flips_at


@EACH
def test_the_sentence_is_as_the_row_says(row: Row) -> None:
    names = {SegmentId(name): name for name in row.raw.get("segments", {})}
    assert sentence(parse_rule(row.raw["rule"]), names) == row.raw["sentence"]


@EACH
def test_an_unknown_key_is_refused_wherever_it_stands(row: Row) -> None:
    with pytest.raises(Rejected):
        parse_rule({**row.raw["rule"], "surprise": 1})
