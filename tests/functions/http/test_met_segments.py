"""Of two who change a segment and what leans on it at once: nothing that is live or waits leans on what is gone."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from shopbell.domain.rules.graph import references
from shopbell.domain.rules.parse import parse_rule

from tests.functions.http.interleaving import Act, interleaved
from tests.functions.http.office import Office
from tests.functions.http.world import Answered

_REFUSED: Final = 400
_STANDS: Final = frozenset({"scheduled", "sending", "paused"})
LATER: Final = {"at": "2026-03-05T18:00:00Z"}
WORDS: Final = {"title": "Hi", "body": "Look here", "url": "/"}
TRIGGER: Final = {"name": "T", "event": "search", "content": WORDS, "enabled": True}


def named(office: Office, name: str) -> str:
    return next(row.id for (_, _), row in office.world.segments.items() if row.name == name)


def world(rule: Callable[[str], Any] | None = None, **campaign: Any) -> Callable[[], Office]:
    """A live segment A, one of this rule that is a draft, and one campaign to A that is."""

    def prepared() -> Office:
        office = Office()
        one = office.active(name="A")
        if rule is not None:
            office.segment(name="Q", rule=rule(one))
        if campaign:
            office.campaign(**{key: value(one) if callable(value) else value for key, value in campaign.items()})
        return office

    return prepared


def turn(name: str, what: str) -> Act:
    return lambda office: office.manage("POST", f"/v1/segments/{named(office, name)}/{what}")


def archive(office: Office) -> Answered:
    return office.manage("DELETE", f"/v1/segments/{named(office, 'A')}")


def away(office: Office) -> Answered:
    turn("A", "pause")(office)
    return archive(office)


def only(office: Office) -> str:
    return next(name for _, name in office.world.campaigns)


def start(what: str) -> Act:
    return lambda office: office.manage("POST", f"/v1/campaigns/{only(office)}/{what}")


def trigger(office: Office) -> Answered:
    return office.manage("POST", "/v1/triggers", {**TRIGGER, "audience": {"include": [named(office, "A")]}})


def switched(office: Office) -> Answered:
    name = next(name for _, name in office.world.triggers)
    return office.manage("PATCH", f"/v1/triggers/{name}", {"enabled": True})


def scenario(office: Office) -> Answered:
    audience = {"include": [named(office, "A")]}
    return office.manage("PUT", "/v1/scenarios/we_missed_you", {"enabled": True, "audience": audience})


def with_trigger() -> Office:
    office = Office()
    one = office.active(name="A")
    office.trigger(**{**TRIGGER, "enabled": False, "audience": {"include": [one]}})
    return office


def to_a(one: str) -> Any:
    return {"include": [one]}


def without_a(one: str) -> Any:
    return {"rule": {"not": {"in_segment": one}}}


def with_pool() -> Office:
    office = Office()
    assert office.manage("POST", "/v1/coupon-pools", {"name": "Spring", "id": "spring"}).status < _REFUSED
    return office


def drop_pool(office: Office) -> Answered:
    return office.manage("DELETE", "/v1/coupon-pools/spring")


def with_codes(office: Office) -> Answered:
    given = {"enabled": True, "parameters": {"coupon_pool": "spring"}}
    return office.manage("PUT", "/v1/scenarios/birthday", given)


CALLS: Final[dict[str, tuple[Callable[[], Office], Act]]] = {
    "activate": (world(lambda one: {"in_segment": one}), turn("Q", "activate")),
    "activate without": (world(lambda one: {"not": {"in_segment": one}}), turn("Q", "activate")),
    "schedule": (world(audience=to_a, schedule=LATER), start("schedule")),
    "schedule a rule": (world(audience=without_a, schedule=LATER), start("schedule")),
    "send": (world(audience=to_a), start("send")),
    "trigger": (world(), trigger),
    "trigger on": (with_trigger, switched),
    "scenario": (world(), scenario),
}


def leans(office: Office) -> list[str]:
    """What leans on what is not live, or not there."""
    rows = {row.id: row for row in office.world.segments.values()}
    wrong = [
        f"{row.name} is {row.state}, {rows[one].name} is {rows[one].state}"
        for row in rows.values()
        for one in references(parse_rule(row.rule))
        if row.live and not rows[one].live
    ]
    for campaign in office.world.campaigns.values():
        whom = {*campaign.audience.include, *campaign.audience.exclude}
        wrong += [one for one in whom if campaign.status in _STANDS and rows[one].state == "archived"]
    for own in office.world.triggers.values():
        wrong += [own.name] if own.enabled and not rows[own.segment].live else []
    for settings in office.world.scenarios.values():
        wrong += [settings.name] if settings.enabled and settings.segment and not rows[settings.segment].live else []
    return wrong


_LONG: Final = pytest.mark.long


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param(turn("A", "pause"), id="pause", marks=_LONG),
        pytest.param(archive, id="archive", marks=_LONG),
        pytest.param(away, id="pause and archive"),
    ],
)
@pytest.mark.parametrize(
    "inside", [pytest.param(True, id="it came inside"), pytest.param(False, id="it came around", marks=_LONG)]
)
@pytest.mark.parametrize("call", CALLS)
def test_nothing_leans_on_what_sleeps_or_is_gone(call: str, gone: Act, *, inside: bool) -> None:
    prepared, wake = CALLS[call]
    for met in interleaved(prepared, *((wake, gone) if inside else (gone, wake))):
        assert not leans(met.office), (met.at, met.outer.status, met.inner.status)
        assert all(one.status in {200, 201, 202, 204, 404, 409, 412, 422} for one in (met.outer, met.inner)), met.at


@pytest.mark.parametrize("call", ["schedule", "send"])
def test_a_campaign_that_was_refused_is_a_draft_that_can_be_changed(call: str) -> None:
    prepared, wake = CALLS[call]
    refused = 0
    for met in interleaved(prepared, wake, away):
        if met.outer.status >= _REFUSED:
            refused += 1
            campaign = met.office.manage("GET", f"/v1/campaigns/{only(met.office)}")
            assert campaign.json["status"] == "draft", met.at
            assert not met.office.world.schedules, met.at
            edited = met.office.manage("PATCH", f"/v1/campaigns/{only(met.office)}", {"name": "Renamed"})
            assert edited.json["name"] == "Renamed", met.at
    assert refused


@pytest.mark.parametrize("inside", [True, False], ids=["it came inside", "it came around"])
def test_a_scenario_that_is_on_has_its_pool(*, inside: bool) -> None:
    prepared, gone, on = with_pool, drop_pool, with_codes
    for met in interleaved(prepared, *((on, gone) if inside else (gone, on))):
        enabled = [one for one in met.office.world.scenarios.values() if one.enabled]
        (pool,) = met.office.world.coupon_pools.values()
        assert not (enabled and pool.archived), (met.at, met.outer.status, met.inner.status)
