"""What was refused, or broke off, has changed nothing of what stands: neither whom it goes to nor when."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
from shopbell.adapters.memory.configuration import MemoryCampaigns
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.domain.campaigns import Campaign
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import CampaignId
from shopbell.ports import Campaigns
from shopbell.runtime.http.management_uses import management

from tests.functions.http.office import BUYERS, Office
from tests.functions.http.world import OURS, Answered

SEARCHERS: Final[Any] = {"event": "search"}
AT: Final = "2026-03-05T17:00:00Z"
Refusal = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Refusing(MemoryCampaigns):
    """The next write of a campaign comes second, or does not come through."""

    refusals: list[Refusal]

    def save(self, campaign: Campaign, *, expected: int | None) -> bool:
        if self.refusals and not self.refusals.pop()():
            return False
        return MemoryCampaigns.save(self, campaign, expected=expected)


class Troubled(Office):
    """An office whose saves of campaigns can be refused."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.refusals: list[Refusal] = []
        self.other = Office(world=self.world, plan=self.plan)
        """Of somebody who calls at the same time."""
        campaigns: Campaigns = Refusing(self.world, self.refusals)
        self.managing = management(replace(self.ports(), campaigns=campaigns))
        self.swap()

    def hidden(self) -> dict[str, tuple[str, Any]]:
        """What is evaluated for campaigns alone."""
        rows = MemorySegments(self.world).all(OURS)
        return {row.id: (row.state, row.rule) for row in rows if row.hidden and row.live}

    def post(self, name: str, what: str, body: Any = None) -> Answered:
        return self.manage("POST", f"/v1/campaigns/{name}/{what}", body)

    def sent_to(self, name: str) -> Any:
        """By which rule it goes, as it stands."""
        segment = self.world.campaigns[OURS, CampaignId(name)].audience.rule_segment
        return None if segment is None else self.world.segments[OURS, segment].rule


def second() -> bool:
    """Somebody else was faster."""
    return False


def down() -> bool:
    raise Unavailable("the table")


REFUSALS = pytest.mark.parametrize(("refusal", "status"), [(second, 412), (down, 503)], ids=["second", "down"])


@REFUSALS
def test_a_refused_change_leaves_the_audience_that_stands(refusal: Refusal, status: int) -> None:
    office = Troubled()
    name = office.campaign(audience={"rule": BUYERS})
    office.refusals.append(refusal)
    answer = office.manage("PATCH", f"/v1/campaigns/{name}", {"audience": {"rule": SEARCHERS}})
    assert answer.status == status
    assert office.manage("GET", f"/v1/campaigns/{name}").json["audience"]["rule"] == BUYERS
    assert office.post(name, "send").status == 202
    assert (office.sent_to(name), [rule for _, rule in office.hidden().values()]) == (BUYERS, [BUYERS])


@REFUSALS
@pytest.mark.parametrize("body", [None, {"at": AT}], ids=["send", "schedule"])
def test_a_refused_start_leaves_a_draft_as_it_was(refusal: Refusal, status: int, body: Any) -> None:
    office = Troubled()
    name = office.campaign(audience={"rule": BUYERS})
    what = "send" if body is None else "schedule"
    office.refusals.append(refusal)
    assert office.post(name, what, body).status == status
    assert office.manage("PATCH", f"/v1/campaigns/{name}", {"audience": {"rule": SEARCHERS}}).status == 200
    assert office.hidden() == {}, "nothing is evaluated for a draft"
    assert office.post(name, what, body).status == 202
    assert (office.sent_to(name), [rule for _, rule in office.hidden().values()]) == (SEARCHERS, [SEARCHERS])


def test_who_starts_second_rests_its_own_and_not_that_of_the_first() -> None:
    office = Troubled()
    name = office.campaign(audience={"rule": BUYERS})

    def first() -> bool:
        changed = {"audience": {"rule": SEARCHERS}}
        assert office.other.manage("PATCH", f"/v1/campaigns/{name}", changed).status == 200
        assert office.other.manage("POST", f"/v1/campaigns/{name}/send").status == 202
        return True

    office.refusals.append(first)
    assert office.post(name, "send").status == 412
    assert (office.sent_to(name), [rule for _, rule in office.hidden().values()]) == (SEARCHERS, [SEARCHERS])


def test_the_schedule_that_stands_is_that_of_who_was_first() -> None:
    office = Troubled()
    name = office.campaign(audience={"rule": BUYERS})

    def first() -> bool:
        assert office.other.manage("POST", f"/v1/campaigns/{name}/schedule", {"at": AT}).status == 202
        return True

    office.refusals.append(first)
    assert office.post(name, "schedule", {"at": "2026-03-09T17:00:00Z"}).status == 412
    assert office.manage("GET", f"/v1/campaigns/{name}").json["schedule"]["at"] == AT
    assert [one.expression for one in office.world.schedules.values()] == ["at(2026-03-05T17:00:00)"]


def test_what_is_taken_back_changed_and_scheduled_again_goes_to_whom_it_says() -> None:
    office = Troubled()
    name = office.campaign(audience={"rule": BUYERS})
    for rule in (BUYERS, SEARCHERS, BUYERS):
        assert office.manage("PATCH", f"/v1/campaigns/{name}", {"audience": {"rule": rule}}).status == 200
        assert office.post(name, "schedule", {"at": AT}).status == 202
        assert [found for _, found in office.hidden().values()] == [rule] == [office.sent_to(name)]
        assert office.post(name, "unschedule").status == 202
        assert office.hidden() == {}
    assert office.manage("DELETE", f"/v1/campaigns/{name}").status == 204


@pytest.mark.parametrize("what", ["discard", "cancel", "unschedule"])
def test_what_broke_off_before_its_segment_rested_is_finished_by_a_repeat(what: str) -> None:
    office = Troubled()
    name = office.campaign(audience={"rule": BUYERS})
    assert office.post(name, "schedule", {"at": AT}).status == 202
    live = dict(office.world.segments)
    path = f"/v1/campaigns/{name}"
    if what == "discard":
        assert office.post(name, "unschedule").status == 202
    for _ in range(2):
        gone = office.manage("DELETE", path) if what == "discard" else office.post(name, what)
        assert gone.status in {202, 204}
        assert office.hidden() == {}
        office.world.segments.update(live)  # as if whoever did it had died before


def test_a_copy_is_sent_by_a_segment_of_its_own() -> None:
    office = Troubled()
    name = office.campaign(audience={"rule": BUYERS})
    assert office.post(name, "send").status == 202
    copy = office.post(name, "duplicate").json["id"]
    assert office.post(name, "cancel").status == 202
    assert office.post(copy, "send").status == 202
    assert (office.sent_to(copy), len(office.hidden())) == (BUYERS, 1)


def test_a_draft_of_a_rule_is_not_taken_to_go_to_everybody() -> None:
    office = Troubled()
    name = office.campaign(audience={"rule": BUYERS})
    office.visit("ann", subscribed=True)
    told = office.manage("GET", "/v1/visitors/ann/explain", query={"campaign": name}).json["now"]["gates"]
    (left,) = [one for one in told if one["gate"] == "audience_left"]
    assert left["outcome"] == "skipped"


def test_what_a_draft_s_rule_refers_to_is_used_by_it() -> None:
    office = Troubled()
    segment = office.active()
    name = office.campaign(audience={"rule": {"in_segment": segment}})
    users = office.manage("GET", f"/v1/segments/{segment}/usage").json["items"]
    assert [(user["kind"], user["id"]) for user in users] == [("campaign", name)]


@pytest.mark.parametrize(("country", "outcome"), [("DE", "passed"), ("FR", "skipped")])
def test_of_a_draft_its_rule_says_who_would_be_in_the_audience(office: Office, country: str, outcome: str) -> None:
    office.visit("ann", subscribed=True, country=country)
    name = office.campaign(audience={"rule": {"trait": "country", "op": "eq", "value": "DE"}})
    told = office.manage("GET", "/v1/visitors/ann/explain", query={"campaign": name}).json["now"]["gates"]
    assert {gate["gate"]: gate["outcome"] for gate in told}["audience_left"] == outcome
