"""Every state of a campaign with every call that moves it: the table of docs/campaigns.md."""

from typing import Final

import pytest

from tests.functions.http.office import Office
from tests.functions.http.test_campaign_agreeing import plan

WEEKLY: Final = {"cron": "0 18 ? * THU *"}
NO: Final = None
"""409, and it stays what it is."""
CALLS: Final = ("send", "schedule", "pause", "resume", "cancel", "unschedule")
TABLE: Final[dict[str, tuple[str | None, ...]]] = {
    "draft": ("sending", "scheduled", NO, NO, NO, "draft"),
    "scheduled": (NO, NO, "paused", "scheduled", "cancelled", "draft"),
    "sending": (NO, NO, "paused", "sending", "cancelled", NO),
    "paused": (NO, NO, "paused", "sending", "cancelled", NO),
    "paused before its time": (NO, NO, "paused", "scheduled", "cancelled", "draft"),
    "cancelled": (NO, NO, NO, NO, "cancelled", NO),
}
WAYS: Final[dict[str, tuple[str, ...]]] = {
    "draft": (),
    "scheduled": ("schedule",),
    "sending": ("send",),
    "paused": ("send", "pause"),
    "paused before its time": ("schedule", "pause"),
    "cancelled": ("send", "cancel"),
}


def call(office: Office, name: str, what: str) -> int:
    body = WEEKLY if what == "schedule" else None
    return office.manage("POST", f"/v1/campaigns/{name}/{what}", body).status


@pytest.mark.parametrize("what", CALLS)
@pytest.mark.parametrize("state", TABLE)
def test_a_call_moves_it_or_says_why_not(office: Office, state: str, what: str) -> None:
    name, wanted = office.campaign(), TABLE[state][CALLS.index(what)]
    for step in WAYS[state]:
        assert call(office, name, step) == 202
        plan(office)
    before = office.manage("GET", f"/v1/campaigns/{name}").json["status"]
    assert call(office, name, what) == (409 if wanted is NO else 202)
    assert office.manage("GET", f"/v1/campaigns/{name}").json["status"] == (wanted or before)


@pytest.mark.parametrize("state", TABLE)
def test_only_a_draft_is_changed_and_discarded(office: Office, state: str) -> None:
    name = office.campaign()
    for step in WAYS[state]:
        call(office, name, step)
    edited = office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "x"}).status
    gone = office.manage("DELETE", f"/v1/campaigns/{name}").status
    assert edited == (200 if state == "draft" else 409)
    assert gone == (204 if state in {"draft", "cancelled"} else 409)
