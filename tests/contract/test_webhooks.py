"""Webhooks as they are kept, and how their deliveries went: in memory as over DynamoDB."""

from dataclasses import dataclass, replace

import pytest
from shopbell.adapters.backoff import Backoff
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.webhooks import DynamoHookDeliveries, DynamoWebhooks
from shopbell.adapters.memory.webhooks import MemoryHookDeliveries, MemoryWebhooks
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.webhooks.hook import NEVER, Attempt, SecretNumber, Webhook, WebhookId, after
from shopbell.ports.webhooks import HookDeliveries, Webhooks

from tests.contract.worlds import NOW

ONE = WebhookId("wh_one")
OK = Attempt(NOW, 204)
BROKEN = Attempt(NOW + 1, 500, "answered 500", pause=10_000)
SILENT = Attempt(NOW + 2, None, "no answer in time", pause=20_000, given_up=True)
SLOW = Attempt(NOW + 3, 200, pause=3_000)


@dataclass(frozen=True, slots=True)
class Hooks:
    rows: Webhooks
    deliveries: HookDeliveries


@pytest.fixture(params=["memory", pytest.param("dynamo", marks=pytest.mark.engine)])
def hooks(request: pytest.FixtureRequest) -> Hooks:
    if request.param == "memory":
        world = MemoryWorld()
        return Hooks(MemoryWebhooks(world), MemoryHookDeliveries(world))
    dynamo = Dynamo(request.getfixturevalue("dynamodb"), Backoff(first=1))
    table = request.getfixturevalue("table_names")["config"]
    return Hooks(DynamoWebhooks(dynamo, table), DynamoHookDeliveries(dynamo, table))


def webhook(store: StoreId, name: WebhookId = ONE) -> Webhook:
    return Webhook(store, name, "https://hooks.shop.example/in", ("segment.entered",), NOW, NOW)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({}, id="as little as there can be"),
        pytest.param({"url": "", "event_bus": True, "secrets": ()}, id="to the event bus"),
        pytest.param(
            {
                "segments": (SegmentId("vip"), SegmentId("lapsed")),
                "events": ("segment.exited", "segment.entered"),
                "description": "CRM",
                "enabled": False,
                "stopped": "answered 410 Gone",
                "secrets": (SecretNumber(1, NOW), SecretNumber(2)),
            },
            id="with everything",
        ),
    ],
)
def test_what_is_saved_comes_back(hooks: Hooks, store: StoreId, row: dict[str, object]) -> None:
    saved = replace(webhook(store), **row)  # type: ignore[arg-type]
    assert hooks.rows.save(saved, expected=None)
    assert hooks.rows.get(store, ONE) == saved
    assert hooks.rows.get(store, WebhookId("wh_two")) is None


def test_all_of_a_store_are_listed_by_id_and_none_of_another(
    hooks: Hooks, store: StoreId, other_store: StoreId
) -> None:
    for name in ("wh_b", "wh_a"):
        hooks.rows.save(webhook(store, WebhookId(name)), expected=None)
    hooks.rows.save(webhook(other_store), expected=None)
    hooks.deliveries.note(store, WebhookId("wh_a"), OK)
    assert [row.id for row in hooks.rows.all(store)] == ["wh_a", "wh_b"]


def test_of_two_who_write_one_is_told(hooks: Hooks, store: StoreId) -> None:
    assert hooks.rows.save(webhook(store), expected=None)
    second = replace(webhook(store), description="second", revision=2)
    assert not hooks.rows.save(second, expected=None)
    assert hooks.rows.save(second, expected=1)
    assert not hooks.rows.save(replace(second, description="third"), expected=1)
    assert hooks.rows.get(store, ONE) == second


def test_it_is_deleted_as_it_was_read_and_once(hooks: Hooks, store: StoreId) -> None:
    hooks.rows.save(webhook(store), expected=None)
    assert not hooks.rows.delete(store, ONE, expected=2)
    assert hooks.rows.get(store, ONE) is not None
    assert [hooks.rows.delete(store, ONE, expected=1) for _ in range(2)] == [True, False]
    assert hooks.rows.get(store, ONE) is None
    assert not hooks.rows.save(replace(webhook(store), revision=2), expected=1)


@pytest.mark.parametrize(
    "attempts",
    [(OK,), (BROKEN,), (SILENT,), (BROKEN, SILENT), (BROKEN, OK), (OK, SILENT, BROKEN), (SILENT, SLOW), (SLOW, OK)],
    ids=lambda them: "-".join(str(one.status) for one in them),
)
def test_attempts_add_up_as_the_domain_says(hooks: Hooks, store: StoreId, attempts: tuple[Attempt, ...]) -> None:
    assert hooks.deliveries.of(store, ONE) == NEVER
    expected = NEVER
    for attempt in attempts:
        hooks.deliveries.note(store, ONE, attempt)
        expected = after(expected, attempt)
    assert hooks.deliveries.of(store, ONE) == expected


def test_what_is_given_up_without_an_attempt_is_counted_and_nothing_else_changes(
    hooks: Hooks, store: StoreId
) -> None:
    hooks.deliveries.give_up(store, ONE)
    assert hooks.deliveries.of(store, ONE) == replace(NEVER, given_up=1)
    hooks.deliveries.note(store, ONE, BROKEN)
    hooks.deliveries.give_up(store, ONE)
    assert hooks.deliveries.of(store, ONE) == replace(after(NEVER, BROKEN), given_up=2 + BROKEN.given_up)


def test_what_is_forgotten_counts_no_more(hooks: Hooks, store: StoreId) -> None:
    hooks.deliveries.note(store, ONE, BROKEN)
    for _ in range(2):
        hooks.deliveries.forget(store, ONE)
    assert hooks.deliveries.of(store, ONE) == NEVER
