"""What each gate's answer rests on, as the explain call shows it: instants in RFC 3339, durations in ISO 8601."""

from collections.abc import Mapping

from shopbell.domain.clock import Instant, format_duration, format_instant
from shopbell.domain.events import Json
from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.pressure import SUNSET, SUNSET_WINDOW, counted
from shopbell.domain.gates.relevance import stale_from
from shopbell.domain.localtime import clock, minute_of
from shopbell.domain.scenarios.upcoming import AHEAD
from shopbell.domain.suppression import suppression_of

Values = Mapping[str, Json]


def coupon(at: Moment) -> Values:
    return {"missing": at.no_coupon()}


def none(_: Moment) -> Values:
    return {}


def relevance(at: Moment) -> Values:
    until = at.sending.expires_at
    shown = stale_from(at, at.now) if at.stood and until is not None and at.now >= until else until
    return {"now": format_instant(at.now), "expires_at": _instant(shown)}


def suppression(at: Moment) -> Values:
    said = suppression_of(at.profile.traits) if at.profile else None
    return {"reason": said.reason if said else None, "since": _instant(said.since if said else None)}


def device(at: Moment) -> Values:
    row = at.subscription
    return {"subscription_id": row.id if row else None, "state": row.state if row else None}


def topics(at: Moment) -> Values:
    return {"topic": at.sending.topic, "chosen": list(at.subscription.topics) if at.subscription else []}


def silence(at: Moment) -> Values:
    return {"snooze_until": _instant(at.subscription.snooze_until if at.subscription else None)}


def consent(at: Moment) -> Values:
    given = at.subscription.consent if at.subscription else None
    return {"required": at.policy.consent_required, "given_at": _instant(given.at if given else None)}


def global_share(at: Moment) -> Values:
    return {"percent": at.policy.global_holdout_percent}


def share(at: Moment) -> Values:
    return {"percent": at.sending.holdout_percent}


def entries(at: Moment) -> Values:
    sending = at.sending
    ran = at.profile.latest.get(sending.source_id) if at.profile else None
    earlier = [one.at for one in at.others.sent if one.source_id == sending.source_id]
    most, within = sending.max_per_user or (None, None)
    return {
        "reentry": sending.reentry,
        "cooldown": format_duration(sending.cooldown),
        "last_started_at": _instant(ran.started_at if ran else None),
        "last_ended_at": _instant(ran.ended_at if ran else None),
        "last_sent_at": _instant(max(earlier, default=None)),
        "sent": len(earlier),
        "max": most,
        "max_within": None if within is None else format_duration(within),
    }


def hold(at: Moment) -> Values:
    mine = at.own_instance
    return {
        "busy_until": _instant(mine.busy_until if mine else None),
        "held_until": _instant(mine.held_until if mine else None),
    }


def segments(at: Moment) -> Values:
    held = at.profile.memberships if at.profile else {}
    include, exclude = at.audience.include, at.audience.exclude
    return {
        "in": [name for name in include if name in held],
        "not_in": [name for name in include if name not in held],
        "excluded_by": [name for name in exclude if name in held],
        "recheck_audience": at.sending.recheck_audience,
    }


def sunset(at: Moment) -> Values:
    lately = counted(at.record, at.now - SUNSET_WINDOW)
    return {
        "sent": len(lately),
        "limit": SUNSET,
        "within": format_duration(SUNSET_WINDOW),
        "last_sent_at": _instant(max(lately, default=None)),
        "last_click_at": _instant(at.record.clicked_at),
    }


def contention(at: Moment) -> Values:
    ahead: list[Json] = [
        {"source": step.source_id, "step": step.step, "due": format_instant(step.due)}
        for step in at.steps
        if step.due <= at.now + AHEAD
    ]
    return {"priority": at.sending.priority, "within": format_duration(AHEAD), "pending": ahead}


def caps(at: Moment) -> Values:
    found: list[Json] = [
        {
            "count": cap.count,
            "within": format_duration(cap.within),
            "sent": len(counted(at.others, at.now - cap.within)),
        }
        for cap in at.policy.caps
    ]
    return {"class": at.sending.message_class, "respected": at.sending.respect_caps, "caps": found}


def best(at: Moment) -> Values:
    asked = at.sending.best_hour and at.profile is not None
    hour = at.best_hour(at.profile, at.zone(at.profile), at.now) if asked and at.profile else None
    return {"asked": at.sending.best_hour, "hour": hour}


def sending(at: Moment) -> Values:
    return {"sending": "paused" if at.paused else "on"}


def hours(at: Moment) -> Values:
    quiet = at.policy.quiet_hours
    if quiet is None:
        return {"start": None, "end": None, "respected": at.sending.respect_quiet_hours}
    zone = at.zone(at.profile)
    return {
        "start": clock(quiet.start),
        "end": clock(quiet.end),
        "respected": at.sending.respect_quiet_hours,
        "time_zone": str(zone),
        "local_time": clock(minute_of(at.now, zone)),
    }


def _instant(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)
