"""Explain says of a message that it would yield to a more important run of the calendar, and to which."""

from typing import Any

from shopbell.domain.clock import HOUR, MINUTE, Instant, format_instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.profile import revised

from tests.functions.http.office import MARKETER, Office
from tests.functions.http.test_explain import ANN, ann, gates
from tests.functions.http.world import NOON, OURS

SOON = NOON + 20 * MINUTE


def switched_on(office: Office, name: str, at: Instant, priority: int) -> SegmentId:
    given: dict[str, Any] = {"at": format_instant(at), "priority": priority, "algorithm": "none"}
    answer = office.manage("PUT", f"/v1/scenarios/{name}", {"enabled": True, "parameters": given}, key=MARKETER)
    assert answer.status == 200, answer.text
    return SegmentId(answer.json["segment_id"])


def both(office: Office, at: Instant, priority: int = 60) -> None:
    ann(office)
    segments = [
        switched_on(office, "push_recommendation", NOON + HOUR, 20),
        switched_on(office, "top_sellers", at, priority),
    ]
    profile = office.world.profiles[OURS, ANN]
    office.world.profiles[OURS, ANN] = revised(profile, memberships=dict.fromkeys(segments, NOON))


def test_a_more_important_run_within_half_an_hour_is_named(office: Office) -> None:
    both(office, SOON)
    found = gates(office, scenario="push_recommendation")["lower_priority"]
    assert (found["outcome"], found["values"]["until"]) == ("deferred", format_instant(SOON + MINUTE))
    assert found["values"]["pending"] == [{"source": "top_sellers", "step": 0, "due": format_instant(SOON)}]


def test_one_that_is_less_important_or_further_off_is_not_waited_for(office: Office) -> None:
    both(office, SOON, priority=10)
    assert gates(office, scenario="push_recommendation")["lower_priority"]["outcome"] == "passed"
    both(office, NOON + HOUR)
    assert gates(office, scenario="push_recommendation")["lower_priority"]["outcome"] == "passed"


def test_a_campaign_goes_when_it_was_meant_to(office: Office) -> None:
    both(office, SOON)
    assert gates(office, campaign=office.campaign())["lower_priority"]["outcome"] == "passed"
