"""Of every call that takes an Idempotency-Key: sent again it says the same, whatever became of what it made."""

from copy import copy
from functools import partial
from typing import Any

import pytest
from shopbell.domain.clock import DAY
from shopbell.runtime.http.management_operations import OPERATIONS
from shopbell.runtime.http.management_uses import management
from shopbell.runtime.http.once import FINDS, HEADER, KEPT

from tests.functions.http.failing import ERRORS, Between, Fault, KilledError, break_at
from tests.functions.http.office import Office
from tests.functions.http.once_calls import CALLS, OnceCall
from tests.functions.http.world import Answered

NAMES = sorted(CALLS)


def click(office: Office, one: OnceCall, about: str, body: Any, request: str = "k") -> Answered:
    path = one.path.replace("ABOUT", about)
    return office.manage("POST", path, body, headers={HEADER: request})


def same(one: OnceCall, first: Answered, again: Answered) -> bool:
    if one.shown_once:
        return again.status == 409 and "was shown then" in again.json["detail"]
    return (first.status, first.text, first.headers.get("etag")) == (
        again.status,
        again.text,
        again.headers.get("etag"),
    )


def test_every_call_that_takes_it_is_held_here() -> None:
    assert {one.id for one in OPERATIONS if HEADER in one.takes} == set(CALLS)
    assert set(CALLS) >= {*FINDS, *KEPT}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_again_is_answered_the_same_and_something_else_is_refused(office: Office, name: str) -> None:
    one = CALLS[name]
    about = one.about(office)
    first = click(office, one, about, one.body)
    made = one.made(office)
    assert 200 <= first.status < 300, first.text
    if one.later is not None:
        method, below, body = one.later
        whose = one.path.rpartition("/")[0].replace("ABOUT", about) if "ABOUT" in one.path else one.path
        thing = f"{one.path}/{first.json['id']}" if "ABOUT" not in one.path else whose
        if name == "duplicateCampaign":
            thing = f"/v1/campaigns/{first.json['id']}"
        assert office.manage(method, f"{thing}{below}", body).status < 300
        made = one.made(office)
    for _ in range(2):
        assert same(one, first, click(office, one, about, one.body))
    other = click(office, one, about, one.other)
    assert (other.status, "something else" in other.json["detail"]) == (409, True)
    assert one.made(office) == made
    lines = [line for line in office.manage("GET", "/v1/audit").json["items"] if line["operation"] == name]
    assert len(lines) == (name != "openUpload")


@pytest.mark.parametrize("name", sorted(name for name in FINDS if name.startswith("create")))
def test_after_a_day_the_key_names_another_call(office: Office, name: str) -> None:
    one = CALLS[name]
    first = click(office, one, "", one.body)
    office.clock.now += DAY
    again = click(office, one, "", one.other)
    assert (again.status, again.json["id"] != first.json["id"]) == (201, True)
    assert click(office, one, "", one.other).text == again.text


@pytest.mark.parametrize(
    ("name", "error"),
    [(name, error) for name in NAMES for error in ERRORS if name in FINDS or error is not KilledError],
)
def test_whoever_fails_at_any_call_is_asked_again_and_it_is_made_once(name: str, error: type[Exception]) -> None:
    one, at = CALLS[name], 0
    while True:
        met = [_tried(name, one, Fault(at, after, error)) for after in (False, True)]
        if not any(met):
            break
        at += 1
    assert at > 2


def _tried(name: str, one: OnceCall, fault: Fault) -> bool:
    office = Office()
    about = one.about(office)
    before = one.made(office)
    break_at(office, fault)
    first = click(office, one, about, one.body)
    where = f"{name} at {fault.at} {'after' if fault.after else 'before'}: {first.status}"
    met = fault.repair()
    again = click(office, one, about, one.body)
    where += f", then {again.text}"
    done = 200 <= first.status < 300
    if name in FINDS:
        assert 200 <= again.status < 300, where
        assert one.made(office) - before in {0, 1}, where
        assert one.made(office) > 0, where
        assert click(office, one, about, one.body).text == again.text, where
    elif done:
        # the answer may not have been kept: then a repeat is refused rather than carried out again
        assert again.status == 409 or same(one, first, again), where
    else:
        assert first.status == 503, where
        # of a key only one other takes the place: the list shows it, and nobody has its secret
        taken = name == "rotateKey" and "has taken its place" in again.text
        assert 200 <= again.status < 300 or taken, where
    return met


def _click_too(office: Office, one: OnceCall, about: str, told: list[Answered]) -> None:
    other = copy(office)
    other.managing = management(other.ports())
    other.swap()
    told.append(click(other, one, about, one.body))


@pytest.mark.parametrize("name", sorted(FINDS - {"rotateVapidKey"}))
def test_two_clicks_at_once_make_one(name: str) -> None:
    """The second one is carried out whole between two steps of the first."""
    one, at, met = CALLS[name], 0, True
    while met:
        office = Office()
        about = one.about(office)
        before, told = one.made(office), list[Answered]()
        twin = Between(at, False, KilledError, do=partial(_click_too, office, one, about, told))
        break_at(office, twin)
        told.append(click(office, one, about, one.body))
        met, at = twin.met, at + 1
        where = [f"at {at - 1}", *(row.text for row in told)]
        assert {row.status for row in told} <= {201, 202, 409, 412}, where
        assert any(row.status < 300 for row in told), where
        assert one.made(office) - before in {0, 1}, where
        assert one.made(office) > 0, where
        again = click(office, one, about, one.body)
        assert again.status < 300, where
        assert one.made(office) - before in {0, 1}, where
