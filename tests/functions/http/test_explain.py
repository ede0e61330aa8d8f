"""Why a visitor gets a message or does not: every gate with what its answer rests on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.dispatches import MemoryDispatches
from shopbell.adapters.memory.runs import MemoryRunProgress, MemoryRuns
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.subscriptions import MemorySubscriptions
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.content import Content
from shopbell.domain.dispatch import Dispatch, dispatch_name
from shopbell.domain.gates import GATES, Told
from shopbell.domain.gates.minutes import pack
from shopbell.domain.ids import RunId, SegmentId, SubscriptionId, VapidKeyId, VisitorId
from shopbell.domain.outcomes import CODES
from shopbell.domain.profile import revised
from shopbell.domain.runs import Audience, ChunkLedger, Run
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.sends import SendRecord, Sent, mark_of
from shopbell.domain.subscriptions import Subscription

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.world import NOON, OURS

ANN, DEVICE = VisitorId("ann"), SubscriptionId("a" * 22)
PLACE = "https://updates.push.services.mozilla.com/wpush/v2/abc"
WMY = "we_missed_you"


def ann(office: Office, **traits: Any) -> None:
    """Ann, with a browser that can be reached."""
    office.visit(ANN, subscribed=True, **traits)
    row = Subscription(OURS, ANN, DEVICE, "mozilla", PLACE, b"", b"", VapidKeyId("k1"), NOON, NOON)
    MemorySubscriptions(office.world).put(row, None)


def gates(office: Office, **query: str) -> Mapping[str, Mapping[str, Any]]:
    answer = office.manage("GET", f"/v1/visitors/{ANN}/explain", key=VIEWER, query=query)
    assert answer.status == 200, answer.text
    return {gate["gate"]: gate for gate in answer.json["now"]["gates"]}


def recorded(office: Office) -> Any:
    return office.manage("GET", f"/v1/visitors/{ANN}/explain", query={"scenario": WMY}).json["recorded"]


def refused(found: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: gate["outcome"] for name, gate in found.items() if gate["outcome"] != "passed"}


def switched_on(office: Office) -> SegmentId:
    answer = office.manage("PUT", f"/v1/scenarios/{WMY}", {"enabled": True}, key=MARKETER)
    assert answer.status == 200, answer.text
    return SegmentId(answer.json["segment_id"])


def test_every_gate_answers_in_its_order_and_none_stops_what_nothing_speaks_against(office: Office) -> None:
    ann(office)
    found = gates(office, campaign=office.campaign())
    assert [*found] == [gate.name for gate in GATES]
    assert refused(found) == {}


def test_a_gate_says_what_its_answer_rests_on(office: Office) -> None:
    ann(office, time_zone="Australia/Sydney")
    segment = office.active()
    name = office.campaign(audience={"include": [segment]}, holdout_percent=100)
    before = Sent(NOON - HOUR, mark_of("x", "y", 0), "x", 0, "promo")
    MemorySends(office.world).save(OURS, [(ANN, SendRecord((before,)))])

    found = gates(office, campaign=name)
    assert refused(found) == {
        "scenario_holdout": "skipped",
        "audience_left": "skipped",
        "frequency_cap": "skipped",
        "quiet_hours": "deferred",
    }
    assert found["scenario_holdout"]["values"] == {"percent": 100}
    assert found["audience_left"]["values"]["not_in"] == [segment]
    assert found["frequency_cap"]["values"]["caps"][0] == {"count": 1, "within": "PT6H", "sent": 1}
    assert found["quiet_hours"]["values"] == {
        "start": "22:00",
        "end": "08:00",
        "respected": True,
        "time_zone": "Australia/Sydney",
        "local_time": "23:00",
        "until": "2026-03-02T21:00:00Z",
    }


def test_who_cannot_be_reached_is_told_as_such(office: Office) -> None:
    office.visit(ANN)
    found = gates(office, campaign=office.campaign())
    assert refused(found) == {"unsubscribed": "skipped"}
    assert found["unsubscribed"]["values"] == {"subscription_id": None, "state": None}


def test_a_scenario_that_is_off_has_one_gate(office: Office) -> None:
    ann(office)
    assert gates(office, scenario=WMY) == {
        "enabled": {"gate": "enabled", "outcome": "skipped", "values": {"enabled": False}}
    }


def test_a_scenario_is_asked_about_as_it_is_set_at_this_moment(office: Office) -> None:
    ann(office)
    segment = switched_on(office)
    assert refused(gates(office, scenario=WMY))["audience_left"] == "skipped"

    profile = office.world.profiles[OURS, ANN]
    office.world.profiles[OURS, ANN] = revised(profile, memberships={segment: NOON})
    found = gates(office, scenario=WMY)
    assert "audience_left" not in refused(found)
    assert found["audience_left"]["values"]["in"] == [segment]
    assert found["cooldown"]["values"]["cooldown"] == "P60D"


def test_the_step_that_waits_is_the_one_that_is_asked_about_and_the_last_one_is_told(office: Office) -> None:
    ann(office)
    segment = switched_on(office)
    assert recorded(office) is None
    waiting = PendingStep("scenario", WMY, "i1", 1, NOON + DAY, NOON - 14 * DAY, NOON - 1)
    ran = {WMY: (Ran(WMY, "i1", NOON - 14 * DAY, sent=1),)}
    profile = office.world.profiles[OURS, ANN]
    office.world.profiles[OURS, ANN] = revised(profile, memberships={segment: NOON}, steps=(waiting,), ran=ran)
    done = Dispatch(
        OURS,
        ANN,
        dispatch_name(replace(waiting, step=0)),
        RunId("r"),
        "done",
        NOON,
        (DEVICE, SubscriptionId("b")),
        bytes((CODES["accepted"], CODES["skipped:frequency_cap"])),
        told=(Told("frequency_cap", "skipped", {"class": "promo"}),),
    )
    assert MemoryDispatches(office.world).save(done)

    assert refused(gates(office, scenario=WMY))["expired"] == "skipped"
    assert recorded(office) == {
        "at": "2026-02-16T12:00:00Z",
        "step": 1,
        "state": "done",
        "outcomes": ["accepted", "skipped:frequency_cap"],
        "gates": [{"gate": "frequency_cap", "outcome": "skipped", "values": {"class": "promo"}}],
    }


@pytest.mark.parametrize(
    ("ran", "state", "step"),
    [
        (Ran(WMY, "i1", NOON - DAY, NOON, sent=1, reason="audience_left"), "cancelled", 2),
        (Ran(WMY, "i2", NOON, NOON, refused=True, reason="cooldown"), "refused", 1),
    ],
    ids=["cancelled", "refused"],
)
def test_what_was_cancelled_or_refused_is_told_with_its_reason(
    office: Office, ran: Ran, state: str, step: int
) -> None:
    ann(office)
    switched_on(office)
    office.world.profiles[OURS, ANN] = revised(office.world.profiles[OURS, ANN], ran={WMY: (ran,)})
    assert recorded(office) == {
        "at": "2026-03-02T12:00:00Z",
        "step": step,
        "state": state,
        "outcomes": [f"skipped:{ran.reason}"],
        "gates": [{"gate": ran.reason, "outcome": "skipped", "values": {}}],
    }


def of_campaign(office: Office, name: str) -> Any:
    return office.manage("GET", f"/v1/visitors/{ANN}/explain", query={"campaign": name}).json["recorded"]


def test_what_the_gates_of_a_run_said_is_kept_with_its_values(office: Office) -> None:
    ann(office)
    name = office.campaign()
    run = run_of(office, name)
    said = (Told("frequency_cap", "skipped", {"class": "promo"}),)
    ledger = ChunkLedger("c", "mozilla", bytes([32]), told=pack({ANN: (NOON, said), VisitorId("bob"): (NOON, said)}))
    MemoryRunProgress(office.world).save_ledger(OURS, run.id, ledger)
    assert of_campaign(office, name) == {
        "at": "2026-03-02T12:00:00Z",
        "step": 1,
        "state": "done",
        "outcomes": ["skipped:frequency_cap"],
        "gates": [{"gate": "frequency_cap", "outcome": "skipped", "values": {"class": "promo"}}],
    }


def test_what_a_run_put_off_is_told_by_the_step_that_it_became(office: Office) -> None:
    ann(office)
    name = office.campaign()
    run = run_of(office, name)
    said = (Told("quiet_hours", "deferred", {"until": "2026-03-03T08:00:00Z"}),)
    ledger = ChunkLedger("c", "mozilla", bytes([52]), told=pack({ANN: (NOON, said)}))
    MemoryRunProgress(office.world).save_ledger(OURS, run.id, ledger)
    assert of_campaign(office, name)["state"] == "deferred"
    step = PendingStep("campaign", name, f"{run.id}/{DEVICE}", 0, 0, 0, 0)
    ended = bytes((CODES["skipped:audience_left"],))
    done = Dispatch(OURS, ANN, dispatch_name(step), run.id, "done", NOON, (DEVICE,), ended)
    assert MemoryDispatches(office.world).save(done)
    assert of_campaign(office, name)["outcomes"] == ["skipped:audience_left"]


def run_of(office: Office, name: str) -> Run:
    run = Run(OURS, RunId("r"), "campaign", name, NOON, NOON, NOON + DAY, 1, Audience(), Content("a", "b", "/"))
    MemoryRuns(office.world).create(run)
    return run


def test_what_a_run_sent_is_recorded_for_campaigns_and_scenarios_of_the_calendar(office: Office) -> None:
    ann(office)
    name = office.campaign()
    assert office.manage("PUT", "/v1/scenarios/new_arrivals", {"enabled": True}, key=MARKETER).status == 200
    sent = tuple(
        Sent(NOON - age, mark_of(source, "run", 0), source, 0, "promo")
        for age, source in ((HOUR, name), (2 * HOUR, name), (3 * HOUR, "new_arrivals"))
    )
    MemorySends(office.world).save(OURS, [(ANN, SendRecord(tuple(sorted(sent))))])
    for query, at in (({"campaign": name}, "11:00"), ({"scenario": "new_arrivals"}, "09:00")):
        found = office.manage("GET", f"/v1/visitors/{ANN}/explain", query=query).json["recorded"]
        assert found == {
            "at": f"2026-03-02T{at}:00Z",
            "step": 1,
            "state": "done",
            "outcomes": ["accepted"],
            "gates": [],
        }


def test_the_conditions_that_keep_a_visitor_out_are_named(office: Office) -> None:
    ann(office, country="FR")
    rule = {
        "and": [
            {"trait": "country", "op": "eq", "value": "DE"},
            {"not": {"trait": "country", "op": "eq", "value": "FR"}},
        ]
    }
    found = gates(office, campaign=office.campaign(audience={"rule": rule}))["audience_left"]
    assert [one["leaf"] for one in found["values"]["failing"]] == ["and.0", "and.1.not"]
    assert all(one["sentence"].startswith("Visitors") for one in found["values"]["failing"]), found
    switched_on(office)
    failing = gates(office, scenario=WMY)["audience_left"]["values"]["failing"]
    assert failing, "nobody with a visit just now is missed"


def test_of_a_run_to_so_many_the_lot_of_the_next_one_is_told_first(office: Office) -> None:
    ann(office)
    said = {"enabled": True, "parameters": {"max_recipients": 1}}
    answer = office.manage("PUT", "/v1/scenarios/top_sellers", said, key=MARKETER)
    assert "max_recipients" not in gates(office, scenario="top_sellers"), "nobody is in its audience"
    office.enter(answer.json["segment_id"], ANN)
    first, *_ = gates(office, scenario="top_sellers").values()
    assert (first["gate"], first["outcome"]) == ("max_recipients", "passed")
    assert first["values"] == {"max_recipients": 1, "run_at": answer.json["next_run_at"]}


def test_fly_mode_is_asked_about_by_its_triggers(office: Office) -> None:
    ann(office)

    def asked() -> tuple[int, str]:
        answer = office.manage("GET", f"/v1/visitors/{ANN}/explain", query={"scenario": "fly_mode"})
        return answer.status, answer.json["detail"]

    assert asked() == (409, "fly_mode runs the triggers of the store: ask for one of them (there are none yet)")
    content = {"title": "Found it?", "body": "We can help.", "url": "https://shop.example/help"}
    made = office.manage(
        "POST", "/v1/triggers", {"event": "search", "content": content, "enabled": True}, key=MARKETER
    )
    name = f"fly_mode:{made.json['id']}"
    assert name in asked()[1]
    assert [*gates(office, scenario=name)] == [gate.name for gate in GATES]


def test_while_sending_is_paused_a_message_is_held_up_and_told_so(office: Office) -> None:
    ann(office)
    name = office.campaign()
    office.world.stores[OURS] = replace(office.world.stores[OURS], sending="paused")
    found = gates(office, campaign=name)["throttled"]
    assert (found["outcome"], found["values"]["sending"]) == ("deferred", "paused")


def test_what_is_not_there_is_404_and_one_of_the_two_must_be_asked_for(office: Office) -> None:
    ann(office)
    name = office.campaign()

    def status(visitor: str, **query: str) -> int:
        return office.manage("GET", f"/v1/visitors/{visitor}/explain", query=query).status

    assert status("nobody", campaign=name) == 404
    assert status("ann", campaign="nothing") == 404
    assert status("ann", scenario="nothing") == 404
    assert status("ann", scenario="fly_mode:gone") == 404
    assert status("ann") == 422
    assert status("ann", scenario=WMY, campaign=name) == 422
