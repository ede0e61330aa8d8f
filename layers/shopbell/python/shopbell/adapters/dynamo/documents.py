"""Values that are read and written whole, as JSON: a field that a later release added is passed over."""

from typing import Any, Final

import orjson

from shopbell.adapters.dynamo.known import Raw, maybe
from shopbell.adapters.dynamo.known import of as _of
from shopbell.adapters.dynamo.known import tuples as _tuples
from shopbell.domain.campaigns import Approval, Campaign, CampaignAudience, Schedule
from shopbell.domain.catalogue import Product
from shopbell.domain.content import Action, Content, ContentBy, ForSome, Variant
from shopbell.domain.coupons import CouponPool, CouponTerms
from shopbell.domain.jobs import Job, JobError
from shopbell.domain.lists import VisitorList
from shopbell.domain.pauses import Pause
from shopbell.domain.policy import Cap, QuietHours
from shopbell.domain.runs import Audience, DeliveryOptions, Run, Terms
from shopbell.domain.scenarios.fly import OwnTrigger
from shopbell.domain.scenarios.ownclock import OwnClock
from shopbell.domain.scenarios.plan import Landing, Selection
from shopbell.domain.scenarios.settings import OwnAudience, ScenarioSettings, StepSettings
from shopbell.domain.scenarios.turns import Until
from shopbell.domain.segments.changes import SegmentChange
from shopbell.domain.segments.definition import LiveRule, Segment, StoredRules
from shopbell.domain.store import Key, Store, VapidKey
from shopbell.domain.winner import Decision, Phase, Standing, Weighed, Weighing, Weight, WinnerTest


def dump(value: Any) -> bytes:
    """A dataclass of this module as JSON."""
    return orjson.dumps(value)


def visitor_list(text: str | bytes) -> VisitorList:
    return _of(VisitorList, orjson.loads(text))


def coupon_pool(text: str | bytes) -> CouponPool:
    return _of(CouponPool, orjson.loads(text))


def product(text: str | bytes) -> Product:
    raw = orjson.loads(text)
    return _of(Product, raw, _tuples(raw, "categories", "tags", "related", "bundle"))


def segment(text: str | bytes) -> Segment:
    raw = orjson.loads(text)
    return _of(Segment, raw, _tuples(raw, "tags"))


def change(text: str | bytes) -> SegmentChange:
    return _of(SegmentChange, orjson.loads(text))


def rules(text: str | bytes) -> StoredRules:
    raw = orjson.loads(text)
    return _of(
        StoredRules, raw, {"rules": tuple(_of(LiveRule, rule) for rule in raw["rules"]), **_tuples(raw, "paused")}
    )


def store(text: str | bytes) -> Store:
    raw = orjson.loads(text)
    vapid = tuple(_of(VapidKey, key) for key in raw["vapid_keys"])
    parts: dict[str, Any] = {**_tuples(raw, "origins", "click_domains"), "vapid_keys": vapid, "pauses": _pauses(raw)}
    if "caps" in raw:
        parts["caps"] = tuple(_of(Cap, row) for row in raw["caps"])
    if "quiet_hours" in raw:
        parts["quiet_hours"] = _of(QuietHours, raw["quiet_hours"])
    return _of(Store, raw, parts)


def vapid_keys(text: str | bytes) -> tuple[VapidKey, ...]:
    return tuple(_of(VapidKey, key) for key in orjson.loads(text))


def key(text: str | bytes) -> Key:
    return _of(Key, orjson.loads(text))


def campaign(text: str | bytes) -> Campaign:
    raw = orjson.loads(text)
    audience = _of(CampaignAudience, raw["audience"], _tuples(raw["audience"], "include", "exclude"))
    parts = {
        "audience": audience,
        "content": _content(raw["content"]),
        "content_by": _by(raw.get("content_by")),
        "variants": _variants(raw),
        "delivery": _delivery(raw["delivery"]),
        "terms": _terms(raw.get("terms", {})),
        "schedule": maybe(Schedule, raw.get("schedule")),
        "approval": maybe(Approval, raw.get("approval")),
        "winner": maybe(WinnerTest, raw.get("winner")),
        "weighing": maybe(Weighing, raw.get("weighing")),
        "decision": _decision(raw.get("decision")),
        "pauses": _pauses(raw),
    }
    return _of(Campaign, raw, parts)


def scenario(text: str | bytes) -> ScenarioSettings:
    raw = orjson.loads(text)
    steps = tuple(_of(StepSettings, one, _said(one)) for one in raw.get("steps", ()))
    parts = {**_said(raw), "steps": steps, "audience": _own(raw.get("audience"))}
    return _of(ScenarioSettings, raw, parts)


def trigger(text: str | bytes) -> OwnTrigger:
    raw = orjson.loads(text)
    until = maybe(Until, raw.get("until"))
    parts = {**_said(raw), "audience": _own(raw["audience"]), **_tuples(raw, "where"), "until": until}
    return _of(OwnTrigger, raw, {**parts, "exit_on": None if raw["exit_on"] is None else tuple(raw["exit_on"])})


def job(text: str | bytes) -> Job:
    raw = orjson.loads(text)
    return _of(Job, raw, {"errors": tuple(_of(JobError, row) for row in raw["errors"])})


def run(text: str | bytes, state: str) -> Run:
    """`state` is kept beside the document, where it can be changed alone."""
    raw = orjson.loads(text)
    lists = _tuples(raw["audience"], "include", "exclude", "visitors")
    parts = {
        "audience": _of(Audience, raw["audience"], lists),
        "content": _content(raw["content"]),
        "content_by": _by(raw.get("content_by")),
        "variants": _variants(raw),
        "delivery": _delivery(raw["delivery"]),
        "terms": _terms(raw.get("terms", {})),
        "decision": _decision(raw.get("decision")),
        "weighed": _weighed(raw.get("weighed")),
        "pauses": _pauses(raw),
        "state": state,
    }
    return _of(Run, raw, parts)


def _pauses(raw: Raw) -> tuple[Pause, ...]:
    return tuple((since, until) for since, until in raw.get("pauses", ()))


def _content(raw: Raw) -> Content:
    return _of(Content, raw, {"actions": tuple(_of(Action, action) for action in raw["actions"])})


def _own(raw: Raw | None) -> OwnAudience | None:
    return None if raw is None else _of(OwnAudience, raw, _tuples(raw, "include", "exclude"))


def _said(raw: Raw) -> Raw:
    """A content, if there is one, or variants of it."""
    content = raw.get("content")
    return {"content": None if content is None else _content(content), "variants": _variants(raw)}


def _by(raw: Raw | None) -> ContentBy | None:
    if raw is None:
        return None
    texts = tuple(_of(ForSome, one, {"content": _content(one["content"])}) for one in raw["texts"])
    return _of(ContentBy, raw, {"texts": texts})


def _variants(raw: Raw) -> tuple[Variant, ...]:
    return tuple(_of(Variant, one, {"content": _content(one["content"])}) for one in raw.get("variants", ()))


def _decision(raw: Raw | None) -> Decision | None:
    if raw is None:
        return None
    variants = tuple(_of(Standing, one) for one in raw["variants"])
    return _of(Decision, raw, {**_tuples(raw, "sends"), "variants": variants})


def _weighed(raw: Raw | None) -> Weighed | None:
    weights = tuple(_of(Weight, one) for one in raw["variants"]) if raw is not None else ()
    return None if raw is None else _of(Weighed, raw, {"variants": weights})


def _delivery(raw: Raw) -> DeliveryOptions:
    return _of(DeliveryOptions, raw)


_LISTS: Final = ("fallback", "instead")


def _terms(raw: Raw) -> Terms:
    """Of a run that an earlier release wrote there are none."""
    quota, picked = raw.get("max_per_user"), raw.get("products", {})
    parts = {
        "max_per_user": tuple(quota) if quota else None,
        "coupon": maybe(CouponTerms, raw.get("coupon")),
        "products": _of(Selection, picked, _tuples(picked, *(one for one in _LISTS if picked.get(one) is not None))),
        "landing": maybe(Landing, raw.get("landing")),
        "own_clock": maybe(OwnClock, raw.get("own_clock")),
        "phase": maybe(Phase, raw.get("phase")),
    }
    return _of(Terms, raw, parts)
