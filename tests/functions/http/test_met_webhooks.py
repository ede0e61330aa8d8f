"""Webhooks that several people make and rotate at the same time."""

from dataclasses import replace
from functools import partial
from typing import Any

from shopbell.app.scenarios.triggers import MAX_TRIGGERS
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.fly import TriggerId
from shopbell.domain.webhooks.hook import MAX_WEBHOOKS
from shopbell.domain.webhooks.signing import shown

from tests.functions.http.interleaving import interleaved
from tests.functions.http.office import Office
from tests.functions.http.world import OURS, Answered

WORDS = {"title": "Hi", "body": "Look here", "url": "/"}


def with_webhooks(count: int) -> Office:
    office = Office()
    for _ in range(count):
        office.webhook()
    return office


def make(office: Office, **body: Any) -> Answered:
    given = {"url": "https://hooks.shop.example/in", "events": ["segment.entered"], **body}
    return office.manage("POST", "/v1/webhooks", given)


def rotate(office: Office) -> Answered:
    (hook,) = office.world.webhooks.values()
    return office.manage("POST", f"/v1/webhooks/{hook.id}/rotate", {"overlap": "P1D"})


def stored(office: Office) -> set[str]:
    return {shown(value) for name, value in office.world.secrets.items() if "/webhook/" in name}


def test_two_who_rotate_at_once_have_a_secret_each_and_it_signs() -> None:
    for met in interleaved(partial(with_webhooks, 1), rotate, rotate):
        assert (met.outer.status, met.inner.status) == (201, 201), met.at
        (hook,) = met.office.world.webhooks.values()
        numbers = [one.number for one in hook.secrets]
        assert numbers == sorted(set(numbers))
        signing = [met.office.world.secrets[f"{OURS}/webhook/{hook.id}/{number}"] for number in numbers]
        assert {met.outer.json["secret"], met.inner.json["secret"]} < {shown(one) for one in signing}, met.at
        assert len(stored(met.office)) == len(numbers), "what came to nothing is not kept"


def test_a_store_never_has_more_webhooks_than_it_may_however_many_are_made_at_once() -> None:
    for met in interleaved(partial(with_webhooks, MAX_WEBHOOKS - 1), make, make):
        assert {met.outer.status, met.inner.status} <= {201, 409}, met.at
        made = [one for one in (met.outer, met.inner) if one.status == 201]
        assert len(met.office.world.webhooks) == MAX_WEBHOOKS - 1 + len(made) <= MAX_WEBHOOKS, met.at
        assert len(stored(met.office)) == len(met.office.world.webhooks), met.at


def test_a_store_never_has_two_webhooks_to_the_bus() -> None:
    to_bus = partial(make, event_bus=True, url=None)
    for met in interleaved(Office, to_bus, to_bus):
        assert {met.outer.status, met.inner.status} <= {201, 409}, met.at
        made = [one for one in (met.outer, met.inner) if one.status == 201]
        assert len(met.office.world.webhooks) == len(made) <= 1, met.at


def test_a_store_never_has_more_triggers_than_it_may_and_none_leaves_a_segment() -> None:
    def made(office: Office) -> Answered:
        return office.manage("POST", "/v1/triggers", {"event": "search", "content": WORDS, "enabled": True})

    def prepared() -> Office:
        office = Office()
        office.trigger(event="search", content=WORDS)
        (one,) = office.world.triggers.values()
        others = [TriggerId(f"t{number}") for number in range(MAX_TRIGGERS - 2)]
        office.world.triggers.update({(OURS, name): replace(one, id=name) for name in others})
        return office

    def known(store: StoreId, office: Office) -> int:
        return len([key for key in office.world.triggers if key[0] == store])

    for met in interleaved(prepared, made, made):
        assert {met.outer.status, met.inner.status} <= {201, 409}, met.at
        count = [met.outer.status, met.inner.status].count(201)
        assert known(OURS, met.office) == MAX_TRIGGERS - 1 + count <= MAX_TRIGGERS, met.at
        assert len([row for row in met.office.world.segments.values() if row.live]) == count, met.at
