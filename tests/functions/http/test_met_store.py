"""Whoever changes a store loses nothing of what somebody else changes of it at the same time."""

from functools import partial
from typing import Any

import pytest
from shopbell.domain.segments.refold import settings_of

from tests.functions.http.interleaving import Act, interleaved
from tests.functions.http.office import Office
from tests.functions.http.world import OURS, Answered

PAUSE: dict[str, Any] = {"sending": "paused"}


def edit(office: Office, **body: Any) -> Answered:
    return office.manage("PATCH", "/v1/store", body)


def scenario(office: Office, name: str, **body: Any) -> Answered:
    return office.manage("PUT", f"/v1/scenarios/{name}", {"enabled": True, **body})


def busy() -> Office:
    """A store whose visitors are folded, with a run by its clock."""
    office = Office()
    office.active()
    edit(office, currency="CHF")
    scenario(office, "top_sellers", parameters={"cron": "0 9 * * ? *"})
    return office


WRITERS: dict[str, Act] = {
    "an edit": partial(edit, name="Renamed"),
    "a currency": partial(edit, currency="USD"),
    "a zone": partial(edit, time_zone="Europe/Berlin"),
    "a scenario that reads interactions": partial(scenario, name="last_visit_reminder"),
    "the prompt": partial(scenario, name="permission_prompt", parameters={"delay_s": 7}),
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_a_pause_holds_whoever_else_writes_the_store(writer: Act) -> None:
    for met in interleaved(busy, writer, partial(edit, **PAUSE)):
        assert (met.outer.status, met.inner.status) == (200, 200), met.at
        assert met.office.manage("GET", "/v1/store").json["sending"] == "paused", met.at


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_what_is_written_beside_a_pause_is_written(writer: Act) -> None:
    alone = busy()
    writer(alone)
    edit(alone, **PAUSE)
    wanted = alone.manage("GET", "/v1/store").json
    for met in interleaved(busy, partial(edit, **PAUSE), writer):
        assert (met.outer.status, met.inner.status) == (200, 200), met.at
        assert met.office.manage("GET", "/v1/store").json == wanted, met.at


@pytest.mark.parametrize("inner", ["a zone", "a currency", "a scenario that reads interactions"])
@pytest.mark.parametrize("outer", ["a zone", "a currency", "a scenario that reads interactions"])
def test_everyone_is_folded_and_every_run_is_told_by_what_stands(outer: str, inner: str) -> None:
    for met in interleaved(busy, WRITERS[outer], WRITERS[inner]):
        assert (met.outer.status, met.inner.status) == (200, 200), met.at
        world = met.office.world
        store, schedule = world.stores[OURS], world.schedules[OURS, "top_sellers"]
        assert met.office.ports().segments.rules(OURS).settings == settings_of(store), met.at
        assert schedule.zone == store.time_zone, met.at


def test_a_run_is_told_by_its_settings_though_the_zone_is_changed_meanwhile() -> None:
    anew = partial(scenario, name="top_sellers", parameters={"cron": "0 17 * * ? *"})
    for outer, inner in ((anew, WRITERS["a zone"]), (WRITERS["a zone"], anew)):
        for met in interleaved(busy, outer, inner):
            assert (met.outer.status, met.inner.status) == (200, 200), met.at
            schedule = met.office.world.schedules[OURS, "top_sellers"]
            assert (schedule.expression, schedule.zone) == ("cron(0 17 * * ? *)", "Europe/Berlin"), met.at


def test_a_reader_of_what_is_changed_meanwhile_is_told_so() -> None:
    def read_then_edit(office: Office) -> Answered:
        read = office.manage("GET", "/v1/store").headers["etag"]
        return office.manage("PATCH", "/v1/store", {"name": "Mine"}, headers={"if-match": read})

    seen = set()
    for met in interleaved(Office, read_then_edit, partial(edit, name="Theirs", **PAUSE)):
        seen.add(met.outer.status)
        after = met.office.manage("GET", "/v1/store").json
        assert after["sending"] == "paused"
        assert met.outer.status == 412 or after["name"] == "Theirs" or met.outer.json["name"] == "Mine"
    assert 412 in seen
