"""What webhooks need of the world: where they are kept, how they went, and a way to reach them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.ids import RunId, StoreId
from shopbell.domain.webhooks.hook import Attempt, Deliveries, Webhook, WebhookId
from shopbell.domain.webhooks.notice import Notice


class Webhooks(Protocol):
    def get(self, store: StoreId, webhook: WebhookId) -> Webhook | None: ...

    def all(self, store: StoreId) -> Sequence[Webhook]:
        """By id."""

    def save(self, row: Webhook, *, expected: int | None) -> bool:
        """`expected` is the revision that was read, None to create; False: someone else was faster."""

    def delete(self, store: StoreId, webhook: WebhookId, *, expected: int) -> bool:
        """`expected` is the revision that was read; False: someone else was faster, or it is gone."""


class HookDeliveries(Protocol):
    def of(self, store: StoreId, webhook: WebhookId) -> Deliveries:
        """`NEVER` where nothing was tried."""

    def note(self, store: StoreId, webhook: WebhookId, attempt: Attempt) -> None:
        """As `domain.webhooks.hook.after` says; of several at once each counts."""

    def give_up(self, store: StoreId, webhook: WebhookId) -> None:
        """One more message was given up, without another attempt."""

    def forget(self, store: StoreId, webhook: WebhookId) -> None:
        """All of it."""


class ToldRuns(Protocol):
    def told_at(self, store: StoreId, run: RunId) -> Instant | None:
        """When it was told that the run is through, strongly consistent; None: never, or there is no such run."""

    def tell(self, store: StoreId, run: RunId, at: Instant) -> None:
        """The first stands. NotFound without the run."""


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """`status` 0: no answer came, and `failure` says why in one of a few fixed words."""

    status: int
    failure: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    took: Duration = 0


class HookBus(Protocol):
    def put(self, notice: Notice) -> HookAnswer:
        """One attempt to put it on the event bus, bounded in time; 200: taken. Never raises for what the bus says."""


class HookTransport(Protocol):
    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        """One attempt, bounded in time and in what is read; never raises for what the other side does.

        Nothing is sent to an address that is not public (`domain.webhooks.addresses`), whatever the name says.
        """
