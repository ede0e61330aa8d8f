"""SC11, Birthday: a greeting on the visitor's birthday, or some days before or after it, in their own time zone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import DAY, Duration
from shopbell.domain.errors import Problem
from shopbell.domain.events import Json
from shopbell.domain.scenarios.audience import REACHABLE, days, every, no
from shopbell.domain.scenarios.coupons import coupon_parameters
from shopbell.domain.scenarios.kinds import Flag, Whole
from shopbell.domain.scenarios.moments import TimeOfDay, minute_of
from shopbell.domain.scenarios.parameters import Values
from shopbell.domain.scenarios.plan import OnClock, Plan, SendTime
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.shared import NEXT_RUN, Defaults, shared
from shopbell.domain.scenarios.words import BY_NAME, CODE, CODE_DE, either, said

NAME: Final = "birthday"
ONCE: Final[Duration] = 300 * DAY
"""Whoever edits the date cannot be greeted again within it."""
ROOM: Final = 5
"""Minutes from `send_at` to `latest` at least: what is due goes with the next run, at most so much later."""
LAST: Final = "23:50"
"""The latest `send_at`: a run after it, and time to carry it out, before the day is over."""

_HAPPY: Final = said(
    (
        f"Happy birthday{BY_NAME}!",
        either(
            "All the best from {{ store.name }}. How about {{ product.title }} as a present to yourself?",
            "All the best from everyone at {{ store.name }}. Have a wonderful day!",
        )
        + CODE,
    ),
    (
        f"Alles Gute zum Geburtstag{BY_NAME}!",
        either(
            "Herzlichen Glückwunsch von {{ store.name }}. Wie wäre es mit {{ product.title }} als Geschenk an dich?",
            "Herzlichen Glückwunsch von allen bei {{ store.name }}. Hab einen wunderbaren Tag!",
        )
        + CODE_DE,
    ),
)


def audience(values: Values, _: Beside) -> Json:
    """Reachable, on the day meant in the visitor's zone; 29 February is the 28th in common years.

    With `min_age`, only who gave a full date and is as old on that day.
    """
    age = values.optional_whole("min_age")
    grown: tuple[Json, ...] = () if age is None else ({"trait": "age", "op": "gte", "value": age},)
    return every(REACHABLE, _day(values.whole("offset_days")), *grown)


def _day(offset: int) -> Json:
    if offset > 0:
        return {"trait": "birthday", "op": "anniversary_ago", "value": days(offset)}
    return _within(-offset) if not offset else every(_within(-offset), no(_within(-offset - 1)))


def _within(ahead: int) -> Json:
    return {"trait": "birthday", "op": "anniversary_within", "value": days(ahead)}


def check(values: Values) -> Sequence[Problem]:
    """There is a run in which it may go; and once a year is once a year."""
    found = []
    at, latest = (minute_of(values.word(name)) for name in ("send_at", "latest"))
    if at > minute_of(LAST):
        found.append(Problem("parameters.send_at", f"must be {LAST} at the latest: it goes on the day or not at all"))
    elif latest < at + ROOM:
        found.append(Problem("parameters.latest", f"must be at least {ROOM} minutes later than send_at"))
    if values.is_on("once_per_year") and values.word("reentry") == "always":
        found.append(Problem("parameters.reentry", "must be after or never while once_per_year is true"))
    return found


def finish(plan: Plan, values: Values) -> Plan:
    """Never moved to the next day, and never twice on one."""
    at, latest = (minute_of(values.word(name)) for name in ("send_at", "latest"))
    once = max(plan.cooldown, ONCE if values.is_on("once_per_year") else DAY)
    return replace(plan, send_time=SendTime("at", at, latest), cooldown=once)


ROW: Final = Row(
    parameters=(
        Whole("offset_days", 0, -14, 7, "Days before (negative) or after the birthday."),
        TimeOfDay("send_at", "10:00", "When of the visitor's day it goes."),
        TimeOfDay("latest", "21:00", "After this time of the visitor's day it is not sent any more."),
        Flag("once_per_year", True, "At most one within 300 days, whatever becomes of the date."),
        Whole("min_age", None, 1, 120, "Only who is at least so old; who gave no year is left out then.", none=True),
        *coupon_parameters(),
        *shared(Defaults(priority=60, ttl="PT14H", send_time=None, soonest=NEXT_RUN)),
    ),
    steps=(StepRow(_HAPPY),),
    audience=audience,
    trigger=lambda _: OnClock(fresh=True),
    check=check,
    finish=finish,
)
