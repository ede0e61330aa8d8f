"""Gates that ask whether the message still is for this person on this device."""

from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.verdict import OPEN, Skip, Verdict
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience


def exited(audience: Audience, profile: Profile | None) -> bool:
    """A scenario's candidate who has left the segment that made them one: they came back, or bought."""
    return audience.candidates is not None and not _in_any(audience, profile)


def audience_left(audience: Audience, profile: Profile | None) -> bool:
    """No longer in any included segment, or by now in an excluded one: exclude wins."""
    if profile is not None and any(segment in profile.memberships for segment in audience.exclude):
        return True
    return bool(audience.include) and not _in_any(audience, profile)


def suppressed(at: Moment) -> Verdict:
    """Nothing at all goes to whom the shop has put aside, asked for by name or not."""
    return Skip("suppressed") if at.profile is not None and at.profile.suppressed else OPEN


def unsubscribed(at: Moment) -> Verdict:
    return Skip("unsubscribed") if at.subscription is None or at.subscription.state == "parked" else OPEN


def key_mismatch(at: Moment) -> Verdict:
    """The push service takes this device's messages only with a key that the store does not have."""
    wrong = at.subscription is not None and at.subscription.parked(at.now)
    return Skip("key_mismatch", kind="failed") if wrong else OPEN


def topic_off(at: Moment) -> Verdict:
    """Who chose topics chose against all others; who chose none hears of everything."""
    topic, row = at.sending.topic, at.subscription
    if topic is None or row is None or at.sending.source == "test":
        return OPEN
    return Skip("topic_off") if row.topics and topic not in row.topics else OPEN


def snoozed(at: Moment) -> Verdict:
    """The subscriber asked for silence: what would have come in it does not come after it either."""
    until = at.subscription.snooze_until if at.subscription else None
    return Skip("snoozed") if until is not None and at.now < until and at.sending.held else OPEN


def consent_missing(at: Moment) -> Verdict:
    row = at.subscription
    missing = at.policy.consent_required and (row is None or row.consent is None)
    return Skip("consent_missing") if missing else OPEN


def has_exited(at: Moment) -> Verdict:
    """They left the segment that made them a candidate, or something happened that ends their instance."""
    key = at.sending.key
    ended = key is not None and any(one.key == key and one.exited_at is not None for one in at.instances)
    return Skip("exited") if ended or exited(at.audience, at.profile) else OPEN


def has_left(at: Moment) -> Verdict:
    left = at.sending.recheck_audience and audience_left(at.audience, at.profile)
    return Skip("audience_left") if left else OPEN


def no_content(at: Moment) -> Verdict:
    return OPEN if at.has_content() else Skip("no_content")


def no_coupon(at: Moment) -> Verdict:
    return OPEN if at.no_coupon() is None else Skip("no_coupon")


def duplicate(at: Moment) -> Verdict:
    return Skip("duplicate") if at.repeated else OPEN


def _in_any(audience: Audience, profile: Profile | None) -> bool:
    return profile is not None and any(segment in profile.memberships for segment in audience.include)
