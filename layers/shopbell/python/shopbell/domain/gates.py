"""The gates of a send: asked in a fixed order about facts read at that moment; the first that is closed says why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience, Run
from shopbell.domain.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Moment:
    """One recipient as things stand now. None: there is no such row any more."""

    audience: Audience
    subscription: Subscription | None
    profile: Profile | None
    has_content: Callable[[], bool]
    """Asked only if every gate before it is open: it renders."""
    repeated: bool = False
    """The same subscription stood earlier in this chunk."""


def over(run: Run, now: Instant) -> str | None:
    """Why nothing of the run may be sent any more; None while it lives."""
    if run.state == "cancelled":
        return "skipped:cancelled"
    return "skipped:expired" if now >= run.ends_at else None


def closed(at: Moment) -> str | None:
    """The outcome of the first closed gate, None to send.

    The order is that of `scenarios.md`; a gate is added in its place there when what it asks about exists.
    """
    return next((outcome for outcome, is_closed in GATES if is_closed(at)), None)


def exited(audience: Audience, profile: Profile | None) -> bool:
    """A scenario's candidate who has left the segment that made them one: they came back, or bought."""
    return audience.candidates is not None and not _in_any(audience, profile)


def audience_left(audience: Audience, profile: Profile | None) -> bool:
    """No longer in any included segment, or by now in an excluded one: exclude wins."""
    if profile is not None and any(segment in profile.memberships for segment in audience.exclude):
        return True
    return bool(audience.include) and not _in_any(audience, profile)


def _in_any(audience: Audience, profile: Profile | None) -> bool:
    return profile is not None and any(segment in profile.memberships for segment in audience.include)


def _unsubscribed(at: Moment) -> bool:
    return at.subscription is None or at.subscription.state == "parked"


def _key_mismatch(at: Moment) -> bool:
    return at.subscription is not None and at.subscription.state == "key_mismatch"


GATES: Final[tuple[tuple[str, Callable[[Moment], bool]], ...]] = (
    ("skipped:unsubscribed", _unsubscribed),
    ("failed:key_mismatch", _key_mismatch),
    ("skipped:exited", lambda at: exited(at.audience, at.profile)),
    ("skipped:audience_left", lambda at: audience_left(at.audience, at.profile)),
    ("skipped:no_content", lambda at: not at.has_content()),
    ("skipped:duplicate", lambda at: at.repeated),
)
