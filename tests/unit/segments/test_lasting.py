"""Rules that hang on how long a membership has lasted, or on the visitor's day, turn at the very instant."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import pytest
from shopbell.domain.clock import DAY, HOUR, SECOND, Instant, parse_instant
from shopbell.domain.events import Event, Json
from shopbell.domain.profile import Profile
from shopbell.domain.segments.codec import dump, load
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.settle import settle

from tests.sim.worlds import STORE, VISITOR, compiled, event, stored

NOW: Final[Instant] = 1_790_000_000_000
FRESH: Final[Json] = {"event": "product_view", "window": {"last": "P7D"}}
LOYAL: Final[Json] = {"in_segment": "fresh", "for_at_least": "P3D"}
NEWLY: Final[Json] = {"in_segment": "fresh", "entered_within": "P1D"}
Said = tuple[str, str, Instant, str, str | None]


@dataclass
class Visitor:
    """Settles and commits like `evaluate`, through bytes."""

    ruleset: Ruleset
    profile: Profile = field(default_factory=lambda: Profile(STORE, VISITOR))

    def settle(self, now: Instant, *events: Event) -> list[Said]:
        settled = settle(self.profile, events, self.ruleset, now)
        if settled.commit is not None:
            after = settled.commit.after
            version = self.profile.version + 1
            self.profile = load(STORE, VISITOR, dump(after), version, after.rules_version, after.wake_at)
        return [(flip.segment, flip.change, flip.at, flip.cause, flip.leaf) for flip in settled.flips]


def _view(name: str, at: Instant) -> Event:
    return event(name, "product_view", at)


def _said(name: str, at: Instant, **traits: Json) -> Event:
    return event(name, "traits_changed", at, traits)


def _visitor(**rules: Json) -> Visitor:
    return Visitor(compiled(rules))


def test_the_wake_up_is_the_instant_from_which_the_membership_has_lasted_long_enough() -> None:
    visitor = _visitor(fresh=FRESH, loyal=LOYAL)
    assert visitor.settle(NOW, _view("e1", NOW)) == [("fresh", "entered", NOW, "event:e1", "rule")]
    assert visitor.profile.wake_at == NOW + 3 * DAY
    assert visitor.settle(NOW + 3 * DAY - 1) == []
    assert visitor.settle(NOW + 3 * DAY + HOUR) == [("loyal", "entered", NOW + 3 * DAY, "clock", "rule")]


def test_the_parent_goes_with_its_child_at_the_same_instant() -> None:
    visitor = _visitor(fresh=FRESH, loyal=LOYAL)
    visitor.settle(NOW, _view("e1", NOW))
    visitor.settle(NOW + 3 * DAY)
    gone = NOW + 7 * DAY
    assert visitor.settle(gone + HOUR) == [
        ("fresh", "exited", gone, "clock", "rule"),
        ("loyal", "exited", gone, "clock", "rule"),
    ]


CAME: Final[Json] = {"event": "product_view", "window": {"last": "PT20S"}}
LASTING: Final[Json] = {"in_segment": "came", "for_at_least": "PT8S"}
JUST: Final[Json] = {"and": [{"event": "product_view"}, {"in_segment": "came", "entered_within": "PT30S"}]}
BOTH: Final[Json] = {"and": [{"event": "product_view"}, {"in_segment": "came", "for_at_least": "PT5S"}]}
LEAVES: Final = {"came": "rule", "lasting": "rule", "just": "and.1", "both": "and.1"}


def test_the_log_names_the_leaf_of_everyone_who_goes_with_a_child_that_time_ends() -> None:
    visitor = _visitor(came=CAME, lasting=LASTING, just=JUST, both=BOTH)
    visitor.settle(NOW, _view("e1", NOW))
    rows = [row for row in visitor.settle(NOW + 21 * SECOND) if row[1] == "exited"]
    assert {row[0]: row[2:] for row in rows} == {
        name: (NOW + 20 * SECOND, "clock", leaf) for name, leaf in LEAVES.items()
    }


@pytest.mark.parametrize("late", [0, 3 * SECOND], ids=["at once", "with the time that passed"])
def test_the_log_names_the_leaf_of_everyone_who_goes_with_a_child_that_an_event_ends(late: int) -> None:
    rules: dict[str, Json] = {"came": {"not": {"event": "login"}}, "lasting": LASTING, "just": JUST, "both": BOTH}
    visitor = _visitor(**rules, other={"event": "product_view", "window": {"last": "PT12S"}})
    visitor.settle(NOW, _view("e1", NOW))
    visitor.settle(NOW + 9 * SECOND)
    gone = NOW + 13 * SECOND
    rows = [row for row in visitor.settle(gone + late, event("e2", "login", gone)) if row[0] in rules]
    leaves = {**LEAVES, "came": "not"}
    assert {row[0]: row[1:] for row in rows} == {n: ("exited", gone, "event:e2", leaves[n]) for n in leaves}


def test_an_event_at_the_very_instant_at_which_time_turns_a_leaf_hides_no_leaf() -> None:
    visitor = _visitor(came={"not": {"event": "login"}}, newly={"in_segment": "came", "entered_within": "PT1S"})
    visitor.settle(NOW, _view("e1", NOW))
    gone = NOW + SECOND
    assert visitor.settle(gone + SECOND, event("e2", "login", gone)) == [
        ("came", "exited", gone, "event:e2", "not"),
        ("newly", "exited", gone, "event:e2", "rule"),
    ]


def test_a_late_jump_to_now_names_the_leaf_as_well() -> None:
    """The 64 instants that are looked at are used up; the 65th turn is seen only now."""
    rules: dict[str, Json] = {f"s{n:02}": {"last": "product_view", "ago": {"op": "lt", "value": f"PT{n + 9}S"}}
                              for n in range(70)}  # fmt: skip
    visitor = _visitor(**rules)
    visitor.settle(NOW, _view("e1", NOW))
    assert {row[4] for row in visitor.settle(NOW + HOUR)} == {"rule"}


def test_whoever_left_and_came_back_starts_anew() -> None:
    visitor = _visitor(fresh=FRESH, loyal=LOYAL, newly=NEWLY)
    visitor.settle(NOW, _view("e1", NOW))
    visitor.settle(NOW + 8 * DAY)
    again = NOW + 9 * DAY
    assert [row[:3] for row in visitor.settle(again, _view("e2", again))] == [
        ("fresh", "entered", again),
        ("newly", "entered", again),
    ]
    assert visitor.profile.wake_at == again + DAY
    assert visitor.settle(again + DAY) == [("newly", "exited", again + DAY, "clock", "rule")]


def test_an_event_that_only_prolongs_the_membership_does_not_start_it_anew() -> None:
    visitor = _visitor(fresh=FRESH, newly=NEWLY)
    visitor.settle(NOW, _view("e1", NOW))
    visitor.settle(NOW + 2 * HOUR, _view("e2", NOW + 2 * HOUR))
    assert visitor.settle(NOW + DAY) == [("newly", "exited", NOW + DAY, "clock", "rule")]


def test_everything_that_a_late_wake_up_missed_has_its_own_instant() -> None:
    visitor = _visitor(fresh=FRESH, loyal=LOYAL, newly=NEWLY)
    visitor.settle(NOW, _view("e1", NOW))
    assert [row[:3] for row in visitor.settle(NOW + 30 * DAY)] == [
        ("newly", "exited", NOW + DAY),
        ("loyal", "entered", NOW + 3 * DAY),
        ("fresh", "exited", NOW + 7 * DAY),
        ("loyal", "exited", NOW + 7 * DAY),
    ]


def _at(text: str) -> Instant:
    return parse_instant(text)[0]


BIRTHDAY: Final[Json] = {"trait": "birthday", "op": "anniversary_within", "value": "P0D"}


def test_a_birthday_comes_at_midnight_of_the_visitors_zone() -> None:
    visitor = _visitor(today=BIRTHDAY)
    visitor.settle(_at("2026-05-01T00:00:00Z"), _said("e1", 0, birthday="05-17", time_zone="Europe/Istanbul"))
    assert visitor.profile.wake_at == _at("2026-05-16T21:00:00Z")


@pytest.mark.parametrize(
    "moved",
    [
        _said("e2", 1, time_zone="Asia/Tokyo"),
        event("e2", "subscribed", 1, {"subscription_id": "s", "time_zone": "Asia/Tokyo"}),
    ],
    ids=["trait", "subscription"],
)
def test_a_visitor_who_moves_has_the_wake_up_moved(moved: Event) -> None:
    visitor = _visitor(today=BIRTHDAY)
    visitor.settle(_at("2026-05-16T00:00:00Z"), _said("e1", 0, birthday="05-17"))
    assert visitor.profile.wake_at == _at("2026-05-17T00:00:00Z")
    visitor.settle(_at("2026-05-16T15:30:00Z"), replace(moved, at=_at("2026-05-16T15:30:00Z"), received_at=9))
    assert set(visitor.profile.memberships) == {"today"}


HOSTILE: Final[Sequence[Json]] = (
    *("", "x", "2026-13-45", "0000-00-00", "9999-12-31", "0001-01-01", "12-32", "02-29", "2026-05-17T", 5, True),
    *(
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        ["a", None, 3, "05-17"],
        {"a": 1},
    ),
)


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
@pytest.mark.parametrize("now", [0, NOW, _at("2400-02-29T23:59:59Z")], ids=str)
def test_no_value_of_a_date_makes_it_raise(value: Json, now: Instant) -> None:
    ops: Sequence[Json] = (
        *({"trait": "birthday", "op": op, "value": "P20000D"} for op in ("within_next", "within_last")),
        *({"trait": "birthday", "op": "anniversary_within", "value": span} for span in ("P0D", "P30D", "P20000D")),
        *(
            {"trait": "birthday", "op": "anniversary_ago", "value": span}
            for span in ("P0D", "P7D", "P400D", "P20000D")
        ),
        {"trait": "age", "op": "gte", "value": 18},
    )
    rules = {f"r{place}": rule for place, rule in enumerate(ops)}
    for zone in ("UTC", "Pacific/Kiritimati", "no/where"):
        ruleset = compile_rules(stored(rules), time_zone=zone)
        settled = settle(Profile(STORE, VISITOR), [_said("e1", now, birthday=value)], ruleset, now)
        assert settled.commit is not None
        wake = settled.commit.after.wake_at
        assert wake is None or wake > now
