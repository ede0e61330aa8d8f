"""A push on its way to one device: the letter itself, how it ends without being posted, and what waits instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.coupons import NOTHING, Held, Past
from shopbell.domain.events import Json
from shopbell.domain.gates import Defer
from shopbell.domain.ids import SubscriptionId, VapidKeyId
from shopbell.domain.naming import PRIVATE
from shopbell.domain.profile import Profile
from shopbell.domain.push.endpoints import Endpoint
from shopbell.domain.push.headers import Urgency, topic_of
from shopbell.domain.push.payload import Rendered
from shopbell.domain.push.values import ReceiverKeys
from shopbell.domain.rendering import Written
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.pending import DEVICES, PendingStep
from shopbell.domain.sends import EMPTY, SendRecord, Sent
from shopbell.domain.subscriptions import Subscription

REASON: Final = f"{PRIVATE}reason"
"""Of the facts of a step that a run put off: which gate did."""


@dataclass(slots=True, unsafe_hash=True)
class Letter:
    """One message, ready to be sealed. Holds secrets, so nothing of it is printed.

    Never changed; not frozen, since one is made with every push, and a frozen one takes three times as long.
    """

    index: int
    """Its place in the chunk."""
    subscription: Subscription = field(repr=False)
    endpoint: Endpoint
    plaintext: bytes = field(repr=False)
    keys: ReceiverKeys = field(repr=False)
    vapid_key: VapidKeyId
    sent: Sent
    """What the visitor's record says of it."""
    topic: str
    urgency: Urgency
    ends_at: Instant
    """From then on it means nothing any more."""
    faults: tuple[str, ...] = ()
    """Templates that failed and parts that were trimmed or dropped, for the counters."""
    variant: int = 0
    """The place of the variant that it is written by."""
    held: Held | None = field(default=None, repr=False)
    """The code that it brings."""
    doubted: bool = False
    """Whether an earlier try may have brought its code to this device: what this one hears cannot undo that."""


@dataclass(frozen=True, slots=True)
class Closed:
    """It ends with that outcome (`domain.outcomes`); `why` it has no content, for the counter."""

    outcome: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person as things stand now, and the step of theirs that this is; None: the run's message to everyone."""

    profile: Profile | None = None
    record: SendRecord = EMPTY
    step: PendingStep | None = None
    variant: int | None = None
    """The place of the variant that was settled on; None: the visitor's own."""
    past: Past = NOTHING
    """What they have had of the message's coupon."""

    @property
    def facts(self) -> Mapping[str, Json]:
        return self.step.facts if self.step else {}


def topic(run: Run, step: PendingStep | None = None) -> str:
    """For the push service and, as the tag, for the browser: a later message of it takes the earlier one's place.

    Steps of two instances stand side by side; a step that a run put off still is that run's message.
    """
    if run.delivery.topic or step is None or run.shards:
        return topic_of(run.delivery.topic or run.id)
    return topic_of(f"{step.source_id}\n{step.key}\n{step.step}")


def urgency(run: Run, step: PendingStep | None) -> Urgency:
    name = run.delivery.urgent_for
    calm = name is not None and (step is None or step.facts.get(name) is not True)
    return "normal" if calm else run.delivery.urgency


def waiting(run: Run, device: SubscriptionId, profile: Profile | None) -> Defer | None:
    """That the run has put this device's message off before, and died before it could note so."""
    name = f"{run.id}/{device}"
    for step in profile.steps if profile else ():
        if step.key == name and step.run == run.id:
            return Defer(str(step.facts.get(REASON)), step.due, step.expires_at)
    return None


def put_off(run: Run, device: SubscriptionId, step: PendingStep | None, until: Defer) -> PendingStep:
    """What waits instead: of a run to everyone, one step for each device; of a step, the step itself."""
    expires_at = run.ends_at if until.expires_at is None else until.expires_at
    if step is not None:
        return replace(step, due=until.until, expires_at=expires_at, state="waiting", run=run.id)
    return PendingStep(
        source="scenario" if run.source == "scenario" else "campaign",
        source_id=run.source_id,
        key=f"{run.id}/{device}",
        step=run.terms.step,
        due=until.until,
        started_at=run.scheduled_at,
        expires_at=expires_at,
        run=run.id,
        facts={DEVICES: [device], REASON: until.reason},
    )


def own_step(run: Run, step: PendingStep | None) -> PendingStep | None:
    """As the gates know it: what a run to everyone put off is that run's message still, on whichever device."""
    return replace(step, key=run.id) if step is not None and run.shards else step


def rendered(words: Written, tag: str, message: str) -> Rendered:
    return Rendered(
        title=words.title,
        body=words.body,
        url=words.url,
        tag=tag,
        message=message,
        lang=words.lang,
        icon_url=words.icon_url,
        image_url=words.image_url,
        badge_url=words.badge_url,
        actions=words.actions,
    )
