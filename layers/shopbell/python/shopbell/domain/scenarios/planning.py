"""From a row and a store's settings to the plan that the one engine runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from shopbell.domain.clock import DAY, Duration
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.scenarios.audience import narrowed
from shopbell.domain.scenarios.coupons import POOL, STEP, coupon_of
from shopbell.domain.scenarios.due import NAME as ATTRIBUTION
from shopbell.domain.scenarios.due import window_of
from shopbell.domain.scenarios.kinds import Urgency
from shopbell.domain.scenarios.moments import IMMEDIATE, minute_of
from shopbell.domain.scenarios.parameters import Values, effective
from shopbell.domain.scenarios.plan import Landing, MessageClass, Plan, Reentry, Selection, SendTime, Step
from shopbell.domain.scenarios.row import Beside, Row, StepRow
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.shared import NO_PRODUCT


def values_of(row: Row, settings: ScenarioSettings) -> Values:
    """Rejected names each parameter that is wrong, alone or beside the others."""
    values = effective(row.parameters, settings.parameters)
    problems = [*_too_many(values), *_no_such_level(values), *_no_such_step(values), *row.check(values)]
    if problems:
        raise Rejected(problems)
    return values


def _too_many(values: Values) -> Sequence[Problem]:
    fits = values.whole("min") <= values.whole("n")
    return () if fits else (Problem("parameters.min", "must be at most `n`"),)


def _no_such_level(values: Values) -> Sequence[Problem]:
    """Algorithms that would never be tried."""
    deep = values.all.get("fallback") is not None and len(values.words("fallback")) > values.whole(
        "fallback_max_level"
    )
    return (Problem("parameters.fallback", "must have at most `fallback_max_level` algorithms"),) if deep else ()


def _no_such_step(values: Values) -> Sequence[Problem]:
    """A code that is meant to come with a message beyond the last."""
    beyond = values.all.get(POOL) is not None and STEP in values.all and values.whole(STEP) > len(_delays(values))
    return (Problem(f"parameters.{STEP}", "there is no such message"),) if beyond else ()


def plan_of(
    name: str, segment: SegmentId, row: Row, settings: ScenarioSettings, beside: Mapping[str, ScenarioSettings]
) -> Plan:
    """Every value filled in. Rejected for settings that saving would have refused."""
    values, others = values_of(row, settings), _beside(row, beside)
    plan = Plan(
        scenario=name,
        segment=segment,
        audience=narrowed(row.audience(values, others), settings.audience),
        trigger=row.trigger(values),
        steps=_steps(row, values, settings, row.waits(values, others)),
        exit_on=row.exit_on,
        message_class=cast("MessageClass", values.optional_word("class") or "triggered"),
        topic=values.optional_word("topic"),
        priority=values.whole("priority"),
        ttl=values.optional_length("ttl") or DAY,
        urgency=cast("Urgency", values.optional_word("urgency") or "normal"),
        reentry=cast("Reentry", values.word("reentry")),
        cooldown=values.length("cooldown"),
        max_per_user=_quota(values),
        holdout_percent=values.whole("holdout_percent"),
        attribution=window_of(values.all[ATTRIBUTION]),
        respect_quiet_hours=values.word("quiet_hours") == "defer",
        send_time=_send_time(values),
        recheck_audience=values.is_on("recheck_audience"),
        newest_device_only=values.word("per_user") == "most_recent",
        include_existing=values.all.get("include_existing") is True,
        spread=settings.spread,
        revision=settings.revision,
        since=settings.since,
    )
    return row.finish(plan, values)


def _beside(row: Row, settings: Mapping[str, ScenarioSettings]) -> Beside:
    """Of those that are on."""
    on = {name: settings[name] for name in row.beside if name in settings and settings[name].enabled}
    return {name: effective(row.beside[name], its.parameters) for name, its in on.items()}


def _steps(row: Row, values: Values, settings: ScenarioSettings, wait: Duration) -> tuple[Step, ...]:
    return tuple(_step(row, values, settings, place, delay + wait) for place, delay in enumerate(_delays(values)))


def _delays(values: Values) -> tuple[Duration, ...]:
    return values.lengths("steps") if "steps" in values.all else (0,)


def _step(row: Row, values: Values, settings: ScenarioSettings, place: int, delay: Duration) -> Step:
    shipped, own = row.steps[min(place, len(row.steps) - 1)], settings.step(place)
    relevance = values.optional_length("ttl_of_relevance") or shipped.relevance
    return Step(
        delay=delay,
        content=own.variants[0].content if own.variants else own.content or shipped.content,
        variants=own.variants,
        landing=_landing(row, values),
        products=_unlike_before(selection(shipped, values), delay + relevance if place else 0),
        relevance=relevance,
        message_class=shipped.message_class if values.all["class"] is None else None,
        ttl=shipped.ttl if values.all["ttl"] is None else None,
        urgency=shipped.urgency if values.all["urgency"] is None else None,
        coupon=coupon_of(values, place),
        enabled=own.enabled,
    )


def _landing(row: Row, values: Values) -> Landing | None:
    """A list for whatever shows several products or names a page, and where the scenario has one by itself."""
    url = values.mapping("landing").get("url")
    several = row.lists or values.whole("n") > 1 or url is not None
    return Landing(url if isinstance(url, str) else None) if several else None


def _unlike_before(picked: Selection, since: Duration) -> Selection:
    """A later message of a series shows nothing that an earlier one did, unless what was shown may come again."""
    shown = picked.exclude_shown
    return replace(picked, exclude_shown=max(shown, since)) if shown else picked


def selection(shipped: StepRow, values: Values) -> Selection:
    """The algorithm that the marketer chose for all steps, or the step's own."""
    chosen = values.all["algorithm"]
    algorithm = shipped.algorithm if chosen is None else values.word("algorithm")
    picked = Selection(
        algorithm=None if algorithm == NO_PRODUCT else algorithm,
        count=values.whole("n"),
        minimum=values.whole("min"),
        filters=values.mapping("filters"),
        options=_options(shipped, values),
        fallback_max_level=values.whole("fallback_max_level"),
        exclude_purchased=values.optional_length("exclude_purchased"),
        exclude_shown=values.optional_length("exclude_shown"),
    )
    if values.all.get("fallback") is not None:
        return replace(picked, instead=values.words("fallback"))
    own = algorithm == shipped.algorithm
    return replace(picked, fallback=shipped.fallback) if own else picked


def _options(shipped: StepRow, values: Values) -> Mapping[str, Json]:
    named = values.optional_word("list")
    return shipped.options(values) if named is None else {**shipped.options(values), "list": named}


def _send_time(values: Values) -> SendTime:
    """At once for a row that asks for its moment in its own words."""
    match values.all.get("send_time", IMMEDIATE):
        case "immediate":
            return SendTime()
        case "best_hour":
            return SendTime("best_hour")
        case text:
            return SendTime("at", minute_of(str(text)))


def _quota(values: Values) -> tuple[int, Duration] | None:
    quota = values.all.get("max_per_user")
    if not isinstance(quota, Mapping):
        return None
    given = Values(quota)
    return given.whole("count"), given.length("within")
