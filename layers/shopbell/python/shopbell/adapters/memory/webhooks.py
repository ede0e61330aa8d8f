"""Webhooks in memory, how they went, and a receiver and a bus that tests tell what to answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shopbell.adapters.memory.world import MemoryWorld
from shopbell.domain.ids import StoreId
from shopbell.domain.webhooks.hook import NEVER, Attempt, Deliveries, Webhook, WebhookId, after
from shopbell.domain.webhooks.notice import Notice
from shopbell.ports.webhooks import HookAnswer


@dataclass(frozen=True, slots=True)
class MemoryWebhooks:
    world: MemoryWorld

    def get(self, store: StoreId, webhook: WebhookId) -> Webhook | None:
        with self.world.lock:
            return self.world.webhooks.get((store, webhook))

    def all(self, store: StoreId) -> Sequence[Webhook]:
        with self.world.lock:
            mine = [row for (owner, _), row in self.world.webhooks.items() if owner == store]
        return sorted(mine, key=lambda row: row.id)

    def save(self, row: Webhook, *, expected: int | None) -> bool:
        with self.world.lock:
            stored = self.world.webhooks.get((row.store, row.id))
            if (stored.revision if stored else None) != expected:
                return False
            self.world.webhooks[row.store, row.id] = row
        return True

    def delete(self, store: StoreId, webhook: WebhookId, *, expected: int) -> bool:
        with self.world.lock:
            stored = self.world.webhooks.get((store, webhook))
            if stored is None or stored.revision != expected:
                return False
            del self.world.webhooks[store, webhook]
        return True


@dataclass(frozen=True, slots=True)
class MemoryHookDeliveries:
    world: MemoryWorld

    def of(self, store: StoreId, webhook: WebhookId) -> Deliveries:
        with self.world.lock:
            return self.world.hook_deliveries.get((store, webhook), NEVER)

    def note(self, store: StoreId, webhook: WebhookId, attempt: Attempt) -> None:
        with self.world.lock:
            before = self.world.hook_deliveries.get((store, webhook), NEVER)
            self.world.hook_deliveries[store, webhook] = after(before, attempt)

    def give_up(self, store: StoreId, webhook: WebhookId) -> None:
        with self.world.lock:
            before = self.world.hook_deliveries.get((store, webhook), NEVER)
            self.world.hook_deliveries[store, webhook] = replace(before, given_up=before.given_up + 1)

    def forget(self, store: StoreId, webhook: WebhookId) -> None:
        with self.world.lock:
            self.world.hook_deliveries.pop((store, webhook), None)


@dataclass(slots=True)
class MemoryReceiver:
    """A HookTransport: keeps what was posted, and answers as it is told to."""

    answer: Callable[[str], HookAnswer] = lambda _: HookAnswer(204)
    posts: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        self.posts.append((url, headers, body))
        return self.answer(url)


@dataclass(slots=True)
class MemoryBus:
    """A HookBus: keeps what it took, and answers as it is told to."""

    answer: HookAnswer = field(default_factory=lambda: HookAnswer(200))
    events: list[Notice] = field(default_factory=list)

    def put(self, notice: Notice) -> HookAnswer:
        self.events.append(notice)
        return self.answer
