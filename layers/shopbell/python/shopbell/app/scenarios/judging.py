"""Write the letter of a message that would have been due, at the desk of the real ones; nobody posts it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.dayrun import devices_of
from shopbell.app.delivery.letters import Addressee, Closed, Letter, put_off
from shopbell.app.delivery.picking import Picking
from shopbell.app.delivery.promising import Promising, promise_nothing
from shopbell.app.delivery.wording import Wording
from shopbell.app.recommend import Selecting
from shopbell.app.scenarios.calendar import run_of, tried
from shopbell.domain.clock import Instant
from shopbell.domain.gates import Defer
from shopbell.domain.ids import VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.push.endpoints import KNOWN_SERVICES, AllowedHosts
from shopbell.domain.push.token import TokenKey
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.live import is_scheduled
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.plan import STATIC, OnCalendar
from shopbell.domain.scenarios.rehearsal import Due, Stage
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.segments.settle import settle
from shopbell.domain.sends import EMPTY, SendRecord
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


@dataclass(frozen=True, slots=True)
class Judge:
    subscriptions: Subscriptions
    sends: Sends
    select: Selecting
    promise: Promising = promise_nothing

    def __call__(self, stage: Stage, store: Store, due: Due) -> Message | str:
        """The message, or the gate that stops it. Raises Unavailable."""
        profile = due.profile
        device = devices_of(profile, None, newest=True)
        row = self.subscriptions.get_many(store.id, device).get(device[0]) if device else None
        record = self.sends.of(store.id, [profile.visitor]).get(profile.visitor, EMPTY)
        store = replace(store, sending="on")
        return _Case(self, stage, store, _run(stage, store, due), row, record)(due)


@dataclass(slots=True)
class _Case:
    judge: Judge
    stage: Stage
    store: Store
    run: Run
    row: Subscription | None
    record: SendRecord
    deferred: list[Defer] = field(default_factory=list)

    def __call__(self, due: Due) -> Message | str:
        at, profile, step = due.at, due.profile, due.step
        for _ in range(_TRIES):
            picking = Picking(self.judge.select, self.store, self.run.terms.products, at, source=self.run.source_id)
            to = Addressee(profile, _as_of(self.record, at), step)
            match self._desk(picking, at).letter(0, self.row, to, repeated=False):
                case Letter() as letter:
                    return self._message(letter, picking, profile, at)
                case Closed(outcome=outcome):
                    return outcome.partition(":")[2]
                case Defer() as until:
                    self.deferred.append(until)
                    at, step = until.until, self._waiting(step, until)
                    profile = self._later(profile, at)
        return self.deferred[-1].reason

    def _desk(self, picking: Picking, at: Instant) -> Desk:
        wording = Wording.of(self.run, self.store)
        promise = self.judge.promise(self.run, self.store)
        voucher = None if promise is None else replace(promise, now=at)
        allowed = _admitting(self.row)
        return Desk(self.run, self.store, NO_KEY, wording, allowed, picking, at, voucher=voucher)

    def _waiting(self, step: PendingStep | None, until: Defer) -> PendingStep | None:
        return step if self.row is None else put_off(self.run, self.row.id, step, until)

    def _later(self, profile: Profile, at: Instant) -> Profile:
        """If nothing happens until then."""
        commit = settle(profile, (), self.stage.rules, at).commit
        return profile if commit is None else commit.after

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
        )


def _run(stage: Stage, store: Store, due: Due) -> Run:
    """As the scheduled runner or the triggered send would make it."""
    place = due.step.step if due.step else 0
    run = run_of(stage.plan, store, due.at, due.at, place)
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


def _as_of(record: SendRecord, at: Instant) -> SendRecord:
    """What had been sent before."""
    clicked = record.clicked_at if record.clicked_at is not None and record.clicked_at < at else None
    return replace(record, sent=tuple(one for one in record.sent if one.at < at), clicked_at=clicked)


def refused_first(messages: Sequence[Message | str]) -> Message | str | None:
    """Of several that were due, one that goes; else why the last one does not."""
    return next((one for one in messages if isinstance(one, Message)), messages[-1] if messages else None)
