"""What the gates are asked about all messages of a run alike: put together once, then said of each recipient."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from shopbell.app.delivery.addressing import Envelope
from shopbell.app.delivery.letters import Addressee, own_step
from shopbell.domain.clock import Instant
from shopbell.domain.gates import Gate, Moment, about, left_to_ask, sending_of, zones
from shopbell.domain.gates.asking import stood
from shopbell.domain.gates.moment import nothing_missing
from shopbell.domain.gates.parting import parts
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.upcoming import Upcoming
from shopbell.domain.scores.besthour import best_hour_of
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import Subscription

Lacking = Callable[[Addressee], str | None]
"""Why there is no code without which a message to them may not go."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Of one step, or of the run's message to everyone."""

    general: Moment
    """Without a recipient."""
    gates: tuple[Gate, ...]
    """Those that may be closed to somebody."""
    lacking: Lacking | None
    parts: bool = False
    """Whether anybody is held out."""

    def __call__(
        self, subscription: Subscription | None, to: Addressee, has_content: Callable[[], bool], *, repeated: bool
    ) -> Moment:
        lacking = self.lacking
        return about(
            self.general,
            subscription=subscription,
            profile=to.profile,
            has_content=has_content,
            repeated=repeated,
            record=to.record,
            no_coupon=nothing_missing if lacking is None else lambda: lacking(to),
        )


def _no_content() -> bool:
    return False


def asking(
    run: Run,
    store: Store,
    step: PendingStep | None,
    rivals: tuple[Mapping[str, int], Upcoming],
    now: Instant,
    lacking: Lacking | None,
) -> Asking:
    """`lacking`: None where no message brings a code."""
    general = Moment(
        run.audience,
        None,
        None,
        _no_content,
        sending=sending_of(run, own_step(run, step)),
        policy=store.policy,
        now=now,
        zone=zones(store.time_zone),
        priorities=rivals[0],
        upcoming=rivals[1],
        stood=stood(run, store),
        paused=store.sending == "paused",
        best_hour=partial(best_hour_of, store=store.day),
        no_coupon=nothing_missing if lacking is None else lambda: None,
    )
    return Asking(general, left_to_ask(general), lacking, parts(general))


@dataclass(slots=True)
class Kept:
    """What a desk makes when it is first needed."""

    asking: Asking | None = None
    """Of the run's message to everyone."""
    envelope: Envelope | None = None
