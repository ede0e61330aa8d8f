"""Webhooks: a row each beside what else a store defines, and one for how its deliveries went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import orjson

from shopbell.adapters.dynamo import documents
from shopbell.adapters.dynamo.attributes import Attribute, Item, keyed, maybe_number, maybe_text, n, s, text
from shopbell.adapters.dynamo.batches import delete_many
from shopbell.adapters.dynamo.database import ABSENT, Condition, Dynamo, equals
from shopbell.adapters.dynamo.keys import webhooks as keys
from shopbell.adapters.dynamo.pages import Where, query
from shopbell.domain.ids import StoreId
from shopbell.domain.webhooks.hook import NEVER, Attempt, Deliveries, SecretNumber, Webhook, WebhookId

_FIELDS: Final = tuple(field.name for field in fields(Webhook))


@dataclass(frozen=True, slots=True)
class DynamoWebhooks:
    dynamo: Dynamo
    table: str

    def get(self, store: StoreId, webhook: WebhookId) -> Webhook | None:
        row = self.dynamo.get(self.table, keys.webhook(store, webhook))
        return None if row is None else _webhook(row)

    def all(self, store: StoreId) -> Sequence[Webhook]:
        return [_webhook(row) for row in query(self.dynamo, self.table, Where(store, "prefix", keys.WEBHOOKS))]

    def save(self, row: Webhook, *, expected: int | None) -> bool:
        item = {
            **keyed(keys.webhook(row.store, row.id)),
            "revision": n(row.revision),
            "body": s(documents.dump(row).decode()),
        }
        return self.dynamo.put(self.table, item, ABSENT if expected is None else equals("revision", n(expected)))

    def delete(self, store: StoreId, webhook: WebhookId, *, expected: int) -> bool:
        return self.dynamo.delete(self.table, keys.webhook(store, webhook), equals("revision", n(expected)))


@dataclass(frozen=True, slots=True)
class DynamoHookDeliveries:
    dynamo: Dynamo
    table: str

    def of(self, store: StoreId, webhook: WebhookId) -> Deliveries:
        row = self.dynamo.get(self.table, keys.deliveries(store, webhook))
        return NEVER if row is None else _deliveries(row)

    def note(self, store: StoreId, webhook: WebhookId, attempt: Attempt) -> None:
        change = _taken(attempt) if attempt.error is None else _failed(attempt, attempt.error)
        self.dynamo.update(self.table, keys.deliveries(store, webhook), change, None)

    def give_up(self, store: StoreId, webhook: WebhookId) -> None:
        change = Condition("ADD #given_up :one", {"#given_up": "given_up"}, {":one": n(1)})
        self.dynamo.update(self.table, keys.deliveries(store, webhook), change, None)

    def forget(self, store: StoreId, webhook: WebhookId) -> None:
        delete_many(self.dynamo, self.table, [keys.deliveries(store, webhook)])


def _webhook(row: Item) -> Webhook:
    """A field that a later release added is passed over."""
    raw = orjson.loads(text(row, "body"))
    known = {name: raw[name] for name in _FIELDS if name in raw}
    lists = {name: tuple(raw[name]) for name in ("events", "segments")}
    secrets = tuple(SecretNumber(one["number"], one["until"]) for one in raw["secrets"])
    return Webhook(**{**known, **lists, "secrets": secrets})


def _deliveries(row: Item) -> Deliveries:
    return Deliveries(
        delivered=maybe_number(row, "delivered") or 0,
        failed=maybe_number(row, "failed") or 0,
        given_up=maybe_number(row, "given_up") or 0,
        tried_at=maybe_number(row, "tried_at"),
        delivered_at=maybe_number(row, "delivered_at"),
        status=maybe_number(row, "status"),
        error=maybe_text(row, "error"),
        failing_since=maybe_number(row, "failing_since"),
        paused_until=maybe_number(row, "paused_until") or 0,
    )


def _taken(attempt: Attempt) -> Condition:
    found = {
        "tried_at": attempt.at,
        "delivered_at": attempt.at,
        "status": attempt.status or 0,
        "paused_until": attempt.at + attempt.pause if attempt.pause else 0,
    }
    numbers = {name: n(value) for name, value in found.items()}
    return _update(numbers, {"delivered": 1}, remove=("error", "failing_since"))


def _failed(attempt: Attempt, error: str) -> Condition:
    known = {} if attempt.status is None else {"status": n(attempt.status)}
    found: dict[str, Attribute] = {
        "tried_at": n(attempt.at),
        "error": s(error),
        "paused_until": n(attempt.at + attempt.pause if attempt.pause else 0),
        **known,
    }
    return _update(
        found,
        {"failed": 1, "given_up": int(attempt.given_up)},
        remove=() if known else ("status",),
        first={"failing_since": n(attempt.at)},
    )


def _update(
    found: Mapping[str, Attribute],
    added: Mapping[str, int],
    *,
    remove: Sequence[str],
    first: Mapping[str, Attribute] | None = None,
) -> Condition:
    """`first` is set only where there is nothing yet."""
    once = first or {}
    every = [*found, *added, *remove, *once]
    sets = [f"#{name} = :{name}" for name in found]
    sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in once]
    parts = ["SET " + ", ".join(sets), "ADD " + ", ".join(f"#{name} :{name}" for name in added)]
    parts += ["REMOVE " + ", ".join(f"#{name}" for name in remove)] if remove else []
    values = {**found, **once, **{name: n(value) for name, value in added.items()}}
    return Condition(
        " ".join(parts), {f"#{name}": name for name in every}, {f":{name}": value for name, value in values.items()}
    )
