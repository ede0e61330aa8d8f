"""Write the letter of a message that would have been due, at the desk of the real ones; nobody posts it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Final
from urllib.parse import urlsplit

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.dayrun import devices_of
from shopbell.app.delivery.desks import rivals_of
from shopbell.app.delivery.letters import Addressee, Closed, Letter, put_off
from shopbell.app.delivery.picking import Picking
from shopbell.app.delivery.promising import Promising, promise_nothing
from shopbell.app.delivery.wording import Wording
from shopbell.app.recommend import Selecting
from shopbell.app.scenarios.calendar import run_of, tried
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.gates import Defer
from shopbell.domain.ids import VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.push.endpoints import KNOWN_SERVICES, AllowedHosts
from shopbell.domain.push.token import TokenKey
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.falling import AFTER
from shopbell.domain.scenarios.live import is_scheduled
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.plan import STATIC, OnCalendar
from shopbell.domain.scenarios.rehearsal import Due, Stage
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.scenarios.upcoming import Upcoming
from shopbell.domain.sends import EMPTY, SendRecord, Sent, recorded
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import Subscription
from shopbell.ports import Sends, Subscriptions

NO_KEY: Final = TokenKey(0, bytes(32))
"""Signs tokens that never leave."""
_TRIES: Final = 5
"""How often one message is put off before it counts as held back."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a visitor would get. `level` of the fallback chain; None: the message shows no products at all."""

    visitor: VisitorId
    at: Instant
    step: int
    title: str
    body: str
    picks: tuple[Pick, ...] = ()
    level: int | None = None
    deferred: tuple[Defer, ...] = ()
    """Gates that put it off, in their order; `at` is after the last of them."""
    variant: str | None = None
    sent: Sent | None = None
    """What the visitor's record would say of it."""


@dataclass(frozen=True, slots=True)
class Judge:
    subscriptions: Subscriptions
    sends: Sends
    select: Selecting
    promise: Promising = promise_nothing
    supposing: Callable[[Product], Selecting] | None = None
    """What picks as if a product were another; None: nothing can be supposed."""

    def all_of(self, stage: Stage, store: Store, dues: Sequence[Due]) -> Sequence[Message] | str | None:
        """Those of one visitor's that would go; else the gate that stops the last; None: none was due.

        What went before counts for those after it. Raises Unavailable.
        """
        messages, stopped = list[Message](), None
        for due in dues:
            match self(stage, store, due, [one.sent for one in messages if one.sent is not None]):
                case Message() as message:
                    messages.append(message)
                case str() as gate:
                    stopped = gate
        return messages or stopped

    def __call__(self, stage: Stage, store: Store, due: Due, before: Sequence[Sent] = ()) -> Message | str:
        """The message, or the gate that stops it. `before`: what would have been sent. Raises Unavailable."""
        profile = due.profile
        device = devices_of(profile, None, newest=True)
        row = self.subscriptions.get_many(store.id, device).get(device[0]) if device else None
        record = self.sends.of(store.id, [profile.visitor]).get(profile.visitor, EMPTY)
        store = replace(store, sending="on")
        return _Case(self, stage, store, _run(stage, store, due), row, record, before)(due)


@dataclass(slots=True)
class _Case:
    judge: Judge
    stage: Stage
    store: Store
    run: Run
    row: Subscription | None
    record: SendRecord
    before: Sequence[Sent]
    deferred: list[Defer] = field(default_factory=list)

    def __call__(self, due: Due) -> Message | str:
        at, profile, step = due.at, due.profile, due.step
        for _ in range(_TRIES):
            picking = Picking(self._select, self.store, self.run.terms.products, at, source=self.run.source_id)
            to = Addressee(profile, _as_of(self.record, self.before, at), step)
            match self._desk(picking, at).letter(0, self.row, to, repeated=False):
                case Letter() as letter:
                    return self._message(letter, picking, profile, at)
                case Closed(outcome=outcome):
                    return outcome.partition(":")[2]
                case Defer() as until:
                    self.deferred.append(until)
                    at, step = until.until, self._waiting(step, until)
                    profile = self.stage.later(profile, at)
        return self.deferred[-1].reason

    @property
    def _select(self) -> Selecting:
        supposed, supposing = self.stage.supposed, self.judge.supposing
        return self.judge.select if supposed is None or supposing is None else supposing(supposed)

    def _desk(self, picking: Picking, at: Instant) -> Desk:
        wording = Wording.of(self.run, self.store)
        promise = self.judge.promise(self.run, self.store)
        voucher = None if promise is None else replace(promise, now=at)
        allowed = _admitting(self.row)
        return Desk(self.run, self.store, NO_KEY, wording, allowed, picking, at, *self._rivals(at), voucher)

    def _rivals(self, at: Instant) -> tuple[Mapping[str, int], Upcoming]:
        """What their runs sent is in the record a minute after them; what is not by then did not come."""
        return rivals_of(self.run, self.store, self.stage.rivals, at, lambda _, then: at >= then + AFTER)

    def _waiting(self, step: PendingStep | None, until: Defer) -> PendingStep | None:
        return step if self.row is None else put_off(self.run, self.row.id, step, until)

    def _message(self, letter: Letter, picking: Picking, profile: Profile, at: Instant) -> Message:
        words = json.loads(letter.plaintext)["notification"]
        picked = picking.known.get(profile.visitor)
        return Message(
            profile.visitor,
            at,
            self.run.terms.step,
            words["title"],
            words.get("body", ""),
            picked.picks if picked else (),
            None if picked is None else picked.level if picked.picks else STATIC,
            tuple(self.deferred),
            self.run.variant_at(letter.variant),
            letter.sent,
        )


def _run(stage: Stage, store: Store, due: Due) -> Run:
    """As the scheduled runner or the triggered send would make it; whose turn comes later is still of that run."""
    place = due.step.step if due.step else 0
    at = stage.until if isinstance(stage.plan.trigger, OnCalendar) else due.at
    run = run_of(stage.plan, store, at, at, place)
    if due.step is not None:
        return replace(run, shards=0)
    if isinstance(stage.plan.trigger, OnCalendar):
        return tried(run, stage.plan, stage.plan.trigger, store)
    if is_scheduled(stage.plan):
        return replace(run, audience=replace(run.audience, candidates=stage.plan.scenario))
    return run


def _admitting(row: Subscription | None) -> AllowedHosts:
    """The device's own push service: it was checked when the device subscribed, and is again when it is sent to."""
    if row is None:
        return KNOWN_SERVICES
    address = urlsplit(row.endpoint)
    return AllowedHosts(origins=frozenset({f"{address.scheme}://{address.netloc}"}))


def _as_of(record: SendRecord, before: Sequence[Sent], at: Instant) -> SendRecord:
    """What had been sent before, and what would have been."""
    clicked = record.clicked_at if record.clicked_at is not None and record.clicked_at < at else None
    record = replace(record, sent=tuple(one for one in record.sent if one.at < at), clicked_at=clicked)
    return reduce(recorded, (one for one in before if one.at <= at), record)
