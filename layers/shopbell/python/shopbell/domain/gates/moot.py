"""Which gates cannot be closed to anybody: what the message, the store and the hour say answers for all of a run."""

from collections.abc import Callable, Mapping
from typing import Final

from shopbell.domain.gates.moment import Moment, nothing_missing
from shopbell.domain.gates.order import GATES, Gate
from shopbell.domain.gates.relevance import quiet_of
from shopbell.domain.scenarios.falling import CAMPAIGN


def left_to_ask(at: Moment) -> tuple[Gate, ...]:
    """Those that may be closed to somebody, in their order; the first of these that is closed is the first of all.

    Of the moment only that is read which is the same for everybody whom the message is for.
    """
    return tuple(gate for gate in GATES if gate.name not in _MOOT or not _MOOT[gate.name](at))


def _expired(at: Moment) -> bool:
    until = at.sending.expires_at
    return at.sending.latest is None and (until is None or at.now < until)


def _reentry(at: Moment) -> bool:
    return at.sending.reentry != "never" and at.sending.max_per_user is None


def _exited(at: Moment) -> bool:
    return at.sending.key is None and at.audience.candidates is None


def _audience_left(at: Moment) -> bool:
    return not at.sending.recheck_audience or not (at.audience.include or at.audience.exclude)


def _lower_priority(at: Moment) -> bool:
    """Nothing that may wait for anybody is more important."""
    return not at.sending.held or max([CAMPAIGN, *at.priorities.values()]) <= at.sending.priority


def _frequency_cap(at: Moment) -> bool:
    return not (at.sending.respect_caps and at.sending.held and at.policy.caps)


def _holdout(percent: int, at: Moment) -> bool:
    return not percent or not at.sending.held


_MOOT: Final[Mapping[str, Callable[[Moment], bool]]] = {
    "expired": _expired,
    "local_time": lambda at: at.sending.own_clock is None,
    "topic_off": lambda at: at.sending.topic is None,
    "snoozed": lambda at: not at.sending.held,
    "consent_missing": lambda at: not at.policy.consent_required,
    "global_holdout": lambda at: _holdout(at.policy.global_holdout_percent, at),
    "scenario_holdout": lambda at: _holdout(at.sending.holdout_percent, at),
    "reentry": _reentry,
    "cooldown": lambda at: at.sending.reentry != "after" or not at.sending.cooldown,
    "exited": _exited,
    "audience_left": _audience_left,
    "no_coupon": lambda at: at.no_coupon is nothing_missing,
    "dormant": lambda at: not at.sending.held,
    "held": lambda at: at.sending.key is None,
    "lower_priority": _lower_priority,
    "frequency_cap": _frequency_cap,
    "best_hour": lambda at: not (at.sending.best_hour and at.sending.held),
    "quiet_hours": lambda at: quiet_of(at) is None,
    "throttled": lambda at: not at.paused,
}
"""By gate; those that are not here ask about the recipient alone."""
