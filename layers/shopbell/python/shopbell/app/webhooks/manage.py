"""Make, change, try out and remove webhooks; a secret is shown once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shopbell.app.management.changes import check_revision, check_saved
from shopbell.app.paging import page_of
from shopbell.app.turning import TRIES
from shopbell.app.webhooks.check import CheckHook, check_few, check_meant
from shopbell.app.webhooks.work import notice_message
from shopbell.domain.clock import Clock, Duration, Instant
from shopbell.domain.errors import Conflict, NotFound, Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.webhooks import WebhookIn, WebhookPatchIn
from shopbell.domain.webhooks.hook import MAX_WEBHOOKS, TEST_EVENT, Deliveries, SecretNumber, Webhook, WebhookId
from shopbell.domain.webhooks.notice import Notice, named
from shopbell.domain.webhooks.signing import SECRET_BYTES, shown
from shopbell.ports import Page, Queue, RandomBytes, Secrets
from shopbell.ports.webhooks import HookDeliveries, Webhooks


@dataclass(frozen=True, slots=True)
class HookView:
    """A webhook and how it went."""

    hook: Webhook
    deliveries: Deliveries


@dataclass(frozen=True, slots=True)
class MadeHook:
    """`secret` None: nothing is signed. `previous_until`: until then the one before signs as well, if any."""

    view: HookView
    secret: str | None = field(repr=False)
    previous_until: Instant | None = None


def secret_name(hook: Webhook, number: int) -> str:
    """Where it lies: what was once read there never changes."""
    return f"{hook.store}/webhook/{hook.id}/{number}"


@dataclass(frozen=True, slots=True)
class ManageHooks:
    hooks: Webhooks
    deliveries: HookDeliveries
    secrets: Secrets
    queue: Queue
    check: CheckHook
    random: RandomBytes
    now: Clock

    def page(self, store: StoreId, after: str | None, limit: int) -> Page[HookView]:
        """By id."""
        rows = page_of(self.hooks.all(store), lambda hook: hook.id, after, limit)
        return Page(tuple(map(self._view, rows.items)), rows.cursor)

    def one(self, store: StoreId, name: WebhookId) -> HookView:
        return self._view(self._found(store, name))

    def create(self, store: StoreId, given: WebhookIn) -> MadeHook:
        """Conflict where there are too many. The secret is there before the webhook is."""
        url, segments, now = self.check.target(given), self.check.named(store, given.segments), self.now()
        check_meant(given.events, segments)
        self._check_room(store, bus=given.event_bus)
        events = tuple(dict.fromkeys(given.events))
        name = WebhookId(f"wh_{self.random(8).hex()}")
        hook = Webhook(store, name, url, events, now, now, segments, given.description, given.enabled)
        if given.event_bus:
            hook = replace(hook, event_bus=True, secrets=())
        secret = None if given.event_bus else self._new_secret(hook, 1)
        check_saved(saved=self.hooks.save(hook, expected=None))
        self._check_fits(hook)
        return MadeHook(self._view(hook), secret)

    def edit(self, store: StoreId, name: WebhookId, given: WebhookPatchIn, expected: int | None) -> HookView:
        """Switching it on again forgets that it failed, and so does another address: what waits is tried anew."""
        stored = self._found(store, name)
        check_revision(stored.revision, expected)
        hook = self._changed(stored, given)
        check_meant(hook.events, hook.segments)
        if hook != stored:
            hook = replace(hook, revision=stored.revision + 1, changed_at=self.now())
            check_saved(saved=self.hooks.save(hook, expected=stored.revision))
        if hook.url != stored.url or (hook.enabled and not stored.enabled):
            self.deliveries.forget(store, name)
        return self._view(hook)

    def rotate(self, store: StoreId, name: WebhookId, overlap: Duration) -> MadeHook:
        """A new secret beside the one that there is, which signs as well until the overlap is over.

        Conflict where too many sign already.

        Its number is drawn, so that of two who rotate at once each writes a secret of its own: a number never holds
        two, since what was read under it is remembered.
        """
        for _ in range(TRIES):
            stored, now = self._found(store, name), self.now()
            if stored.event_bus:
                raise Conflict("What is put on the event bus is not signed: there is no secret to rotate.")
            until, new = now + overlap, SecretNumber(stored.secrets[-1].number + 1 + self._drawn())
            kept = [one for one in stored.secrets if one.until is None or now < one.until]
            ending = tuple(replace(one, until=until if one.until is None else min(one.until, until)) for one in kept)
            check_few(ending, now)
            secret = self._new_secret(stored, new.number)
            hook = replace(stored, secrets=(*ending, new), revision=stored.revision + 1, changed_at=now)
            if self.hooks.save(hook, expected=stored.revision):
                self._drop(stored, [one for one in stored.secrets if one not in kept])
                return MadeHook(self._view(hook), secret, until)
            self._drop(stored, [new])
        raise Unavailable("the webhook kept changing")

    def test(self, store: StoreId, name: WebhookId) -> Notice:
        """Puts a test on its way, also to one that is switched off; it is tried once."""
        hook, now = self._found(store, name), self.now()
        message = named(hook.id, TEST_EVENT, (self.random(8).hex(),))
        notice = Notice(store, hook.id, message, TEST_EVENT, now, {"webhook_id": hook.id})
        self.queue.send([notice_message(notice)])
        return notice

    def delete(self, store: StoreId, name: WebhookId, expected: int | None) -> None:
        """What is on its way to it is dropped. Its secrets go first: a call that broke off can be repeated.

        It is switched off before them, on the revision that was read: whoever changes it at the same time either
        comes before that, or changes what is going.
        """
        hook = self._found(store, name)
        check_revision(hook.revision, expected)
        for _ in range(TRIES):
            going = replace(hook, enabled=False, revision=hook.revision + 1, changed_at=self.now())
            if self.hooks.save(going, expected=hook.revision):
                expected = None  # from here on it goes, whoever changes it
                self._drop(going, going.secrets)
                if self.hooks.delete(store, name, expected=going.revision):
                    self.deliveries.forget(store, name)
                    return
            hook = self._found(store, name)
            check_revision(hook.revision, expected)
        raise Unavailable("the webhook kept changing")

    def _check_room(self, store: StoreId, *, bus: bool, made: Webhook | None = None) -> None:
        """Conflict. A second one to the bus would tell all of it twice, where rules choose anyway."""
        every = [one for one in self.hooks.all(store) if made is None or one.id != made.id]
        if len(every) >= MAX_WEBHOOKS:
            raise Conflict(f"A store may have {MAX_WEBHOOKS} webhooks.")
        if bus and (same := next((one for one in every if one.event_bus), None)):
            raise Conflict(f"A store has one webhook to the event bus: {same.id}. Change that one.")

    def _check_fits(self, made: Webhook) -> None:
        """Of several that are made at once each looks again: too many may be refused, never too few."""
        try:
            self._check_room(made.store, bus=made.event_bus, made=made)
        except Conflict:
            self.hooks.delete(made.store, made.id, expected=made.revision)
            self._drop(made, made.secrets)
            raise

    def _changed(self, stored: Webhook, given: WebhookPatchIn) -> Webhook:
        said = given.model_fields_set
        segments = given.segments if given.segments is not None else None
        enabled = stored.enabled if given.enabled is None else given.enabled
        return replace(
            stored,
            url=stored.url if given.url is None else self.check.moved(stored, given.url),
            events=stored.events if given.events is None else tuple(dict.fromkeys(given.events)),
            segments=stored.segments
            if segments is None
            else self.check.named(stored.store, segments, stored.segments),
            description=given.description if "description" in said else stored.description,
            enabled=enabled,
            stopped=None if enabled else stored.stopped,
        )

    def _drawn(self) -> int:
        return int.from_bytes(self.random(4))

    def _new_secret(self, hook: Webhook, number: int) -> str:
        made = self.random(SECRET_BYTES)
        self.secrets.put(secret_name(hook, number), made)
        return shown(made)

    def _drop(self, hook: Webhook, numbers: Sequence[SecretNumber]) -> None:
        for one in numbers:
            self.secrets.delete(secret_name(hook, one.number))

    def _view(self, hook: Webhook) -> HookView:
        return HookView(hook, self.deliveries.of(hook.store, hook.id))

    def _found(self, store: StoreId, name: WebhookId) -> Webhook:
        hook = self.hooks.get(store, name)
        if hook is None:
            raise NotFound(name)
        return hook
