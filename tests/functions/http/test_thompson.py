"""A campaign whose weights follow what works, over HTTP: written, refused, weighed, reported and explained."""

from typing import Any

import pytest
from shopbell.adapters.memory.configuration import MemoryCampaigns
from shopbell.adapters.memory.runs import MemoryRuns
from shopbell.app.delivery.plan import Launch, PlanCampaign
from shopbell.app.management.campaigns.weighing import WeighVariants
from shopbell.app.work import PlanWork
from shopbell.domain.clock import DAY, HOUR, format_instant
from shopbell.domain.ids import CampaignId, RunId, VisitorId
from shopbell.runtime.http.campaign_uses import reporting

from tests.functions.http.office import Office
from tests.functions.http.test_variants import CALM_AND_LOUD, CONTENT
from tests.functions.http.test_winner import accepted, count, read
from tests.functions.http.world import NOON, OURS

THOMPSON = {"method": "thompson", "metric": "clicks"}
SHOWN = {**THOMPSON, "test_percent": None, "after": None, "otherwise": None}
DAILY = {"cron": "0 18 * * ? *"}
ONCE = "2026-03-05T18:00:00Z"


def written(office: Office, **changes: Any) -> str:
    body = {"name": "Sale", "variants": CALM_AND_LOUD, "winner": THOMPSON, "schedule": DAILY, **changes}
    return office.campaign(**{"content": None, **body})


def plan(office: Office, name: str) -> RunId:
    """Its run of this moment."""
    ports = office.ports()
    weigh = WeighVariants(reporting(ports), ports.stores)
    launch = Launch(ports.runs, office.rebuild)
    use = PlanCampaign(ports.stores, MemoryCampaigns(office.world), ports.segments, launch, office.clock, weigh)
    use(PlanWork(OURS, CampaignId(name), office.clock.now))
    return MemoryRuns(office.world).of_source(OURS, "campaign", name)[0].id


def begun(office: Office, calm: int = 30, loud: int = 60, left: int = 0, **changes: Any) -> str:
    """The day after the first run of it, of which so many clicked."""
    name = written(office, **changes)
    assert office.manage("POST", f"/v1/campaigns/{name}/schedule").status == 202
    accepted(office, plan(office, name), 1_000, 1_000)
    count(office, name, "clicked", calm, loud)
    count(office, name, "unsubscribed", 0, left)
    office.clock.now = NOON + DAY
    return name


def weights(office: Office, name: str) -> dict[str, Any]:
    (found,) = read(office, name, "/report")["weights"]
    assert isinstance(found, dict)
    return found


def test_it_is_shown_as_it_was_written_kept_through_changes_and_copied(office: Office) -> None:
    name = written(office)
    path = f"/v1/campaigns/{name}"
    assert read(office, name)["winner"] == SHOWN
    assert office.manage("PATCH", path, {"name": "Summer"}).json["winner"] == SHOWN
    assert office.manage("PATCH", path, {"winner": SHOWN}).json["winner"] == SHOWN, "as it is read it can be written"
    changed = {**SHOWN, "metric": "revenue"}
    assert office.manage("PATCH", path, {"winner": {**THOMPSON, "metric": "revenue"}}).json["winner"] == changed
    assert office.manage("POST", f"{path}/duplicate").json["winner"] == changed
    test = {"method": "test", "metric": "orders", "test_percent": 20}
    later = office.manage("PATCH", path, {"winner": test, "schedule": {"at": ONCE}})
    assert later.json["winner"] == {**test, "after": "P1D", "otherwise": "keep_split"}
    assert office.manage("PATCH", path, {"winner": None}).json["winner"] is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"winner": {**THOMPSON, "test_percent": 20}}, "winner.test_percent", id="nobody tries it"),
        pytest.param({"winner": {**THOMPSON, "after": "P1D"}}, "winner.after", id="no horizon"),
        pytest.param({"winner": {**THOMPSON, "otherwise": "best"}}, "winner.otherwise", id="nothing is decided"),
        pytest.param({"winner": {**THOMPSON, "metric": "shown"}}, "winner.metric", id="no metric"),
        pytest.param({"winner": {"method": "thompson"}}, "winner.metric", id="none"),
        pytest.param({"winner": {**THOMPSON, "method": "bandit"}}, "winner.method", id="no method"),
        pytest.param({"variants": None, "content": CONTENT}, "winner", id="nothing to choose from"),
        pytest.param({"variants": CALM_AND_LOUD[:1]}, "variants", id="but one"),
        pytest.param({"schedule": {"at": ONCE}}, "winner.method", id="sent once"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_path(office: Office, changes: dict[str, Any], fault: str) -> None:
    body = {"name": "Sale", "variants": CALM_AND_LOUD, "winner": THOMPSON, "schedule": DAILY, **changes}
    answer = office.manage("POST", "/v1/campaigns", {key: one for key, one in body.items() if one is not None})
    assert (answer.status, [path for path, _ in answer.faults]) == (422, [fault])


def test_what_has_no_schedule_yet_is_refused_when_it_is_to_be_sent_once(office: Office) -> None:
    path = f"/v1/campaigns/{written(office, schedule=None)}"
    sentence = "`thompson` learns from one time to the next: it is for a `cron` alone"
    for call, body in (("send", None), ("schedule", {"at": ONCE})):
        answer = office.manage("POST", f"{path}/{call}", body)
        assert (answer.status, answer.faults) == (422, [("winner.method", sentence)])
    assert office.manage("POST", f"{path}/schedule", DAILY).status == 202


def test_before_its_first_run_and_until_enough_is_known_the_weights_are_those_that_were_given(office: Office) -> None:
    name = written(office)
    before = weights(office, name)
    assert (before["step"], before["runs"], read(office, name, "/progress")["weights"]) == (0, [], None)
    now = before["now"]
    assert (now["at"], now["metric"], now["learned"]) == (format_instant(NOON), "clicks", False)
    assert now["message"] == "Not enough data: 0 clicks, 20 wanted. The weights are those that were given."
    given = [one["weight"] / sum(other["weight"] for other in CALM_AND_LOUD) for one in CALM_AND_LOUD]
    assert [one["weight"] for one in now["variants"]] == given
    assert [one["chance"] for one in now["variants"]] == [None, None]


def test_the_report_says_what_the_next_run_would_have_and_what_each_had(office: Office) -> None:
    name = begun(office)
    found = weights(office, name)
    calm, loud = found["now"]["variants"]
    assert (found["now"]["learned"], len(found["runs"])) == (True, 1)
    assert (calm["recipients"], calm["successes"], calm["rate"], calm["barred"]) == (1_000, 30, 0.03, False)
    assert calm["weight"] + loud["weight"] == pytest.approx(1)
    assert loud["chance"] > 0.99
    assert loud["weight"] == pytest.approx(0.95, abs=0.01)
    best = "loud is the best so far: the chance that none of the others is better is 99 %."
    assert found["now"]["message"] == best
    plan(office, name)
    count(office, name, "clicked", 60, 0)
    after = weights(office, name)
    assert [one["at"] for one in after["runs"]] == [format_instant(NOON + DAY), format_instant(NOON)]
    assert after["runs"][0]["weights"]["loud"] == pytest.approx(loud["weight"], abs=1e-4)
    assert after["now"]["variants"][1]["weight"] < 0.5, "what is known by now is of the next run"
    shown = read(office, name, "/progress")["weights"]
    assert (shown["at"], shown["variants"][1]["weight"]) == (format_instant(NOON + DAY), loud["weight"])


def test_what_people_leave_after_is_said_to_be_left_out(office: Office) -> None:
    calm, loud = weights(office, begun(office, left=20))["now"]["variants"]
    assert (loud["barred"], loud["weight"], loud["chance"], loud["unsubscribed"]) == (True, 0.0, None, 20)
    assert (calm["barred"], calm["weight"]) == (False, 1.0)


def test_orders_and_revenue_are_what_reports_count(office: Office) -> None:
    name = begun(office, winner={**THOMPSON, "metric": "revenue"})
    currency = office.world.stores[OURS].currency
    assert "0 buyers, 100 wanted" in weights(office, name)["now"]["message"]
    count(office, name, "buyers", 60, 60)
    count(office, name, f"revenue:{currency}", 60 * 1_000, 60 * 3_000)
    count(office, name, f"squares:{currency}", 60 * 1_000**2, 60 * 3_000**2)
    calm, loud = weights(office, name)["now"]["variants"]
    assert (calm["rate"], loud["rate"], loud["successes"]) == (60.0, 180.0, 60)
    assert loud["weight"] > 0.9


def test_whoever_explains_it_names_the_variant_that_the_next_run_would_send(office: Office) -> None:
    name = begun(office, calm=0)
    office.clock.now += HOUR
    run = office.world.runs[OURS, plan(office, name)]
    found = set()
    for number in range(60):
        who = f"v{number}"
        office.visit(who, subscribed=True)
        explained = office.manage("GET", f"/v1/visitors/{who}/explain", query={"campaign": name}).json
        assert explained["now"]["variant"] == run.variant_at(run.variant_for(VisitorId(who)))
        found.add(explained["now"]["variant"])
    assert found == {"calm", "loud"}


def test_a_campaign_that_is_not_weighed_has_no_weights(office: Office) -> None:
    name = written(office, winner=None)
    assert read(office, name, "/report")["weights"] == []
    assert read(office, name, "/progress")["weights"] is None


def test_messages_of_scenarios_and_triggers_keep_their_weights(office: Office) -> None:
    said = {"variants": CALM_AND_LOUD, "winner": THOMPSON}
    for method, path, body in (
        ("PUT", "/v1/scenarios/birthday", {"enabled": False, **said}),
        ("POST", "/v1/triggers", {"event": "signup", **said}),
    ):
        answer = office.manage(method, path, body)
        assert (answer.status, answer.faults) == (422, [("winner", "is not a known field")])
