"""What is wrong with a campaign is told by its path, field by field, and nothing is stored."""

from typing import Any

import pytest

from tests.functions.http.office import Office
from tests.functions.http.test_campaigns import CONTENT, GOOD

ABSOLUTE = "must be an http(s) URL or a path such as /sale"
INSTANT = "must be an RFC 3339 instant such as 2026-01-31T12:00:00Z"
BOTH = "is given by `variants` already"


def variants(*given: tuple[str, float]) -> dict[str, Any]:
    several = [{"name": name, "weight": weight, "content": CONTENT} for name, weight in given]
    return {"name": "Sale", "variants": several}


def with_content(**changes: Any) -> dict[str, Any]:
    return {**GOOD, "content": {**CONTENT, **changes}}


BAD: tuple[tuple[str, Any, str, str], ...] = (
    ("no name", {"content": CONTENT}, "name", "is required"),
    ("name no text", {**GOOD, "name": 1}, "name", "must be a string"),
    ("no content", {"name": "Sale"}, "content", "is required"),
    ("content no object", {**GOOD, "content": "hi"}, "content", "must be an object"),
    ("empty title", with_content(title=""), "content.title", "must have at least 1 characters"),
    ("title no text", with_content(title=1), "content.title", "must be a string"),
    ("unknown field", with_content(foo=1), "content.foo", "is not a known field"),
    ("script for a link", with_content(url="javascript:alert(1)"), "content.url", ABSOLUTE),
    ("data for an icon", with_content(icon_url="data:image/png,x"), "content.icon_url", ABSOLUTE),
    ("user in an image", with_content(image_url="https://a:b@c.example/"), "content.image_url", ABSOLUTE),
    ("badge", with_content(badge_url=1), "content.badge_url", "must be a string"),
    (
        "third button",
        with_content(actions=[{"action": "a", "title": "A", "url": "/"}] * 3),
        "content.actions",
        "must have at most 2 entries",
    ),
    (
        "button without title",
        with_content(actions=[{"action": "a", "url": "/"}]),
        "content.actions.0.title",
        "is required",
    ),
    (
        "button's link",
        with_content(actions=[{"action": "a", "title": "A", "url": "ftp://x"}]),
        "content.actions.0.url",
        ABSOLUTE,
    ),
    (
        "translated link",
        with_content(translations={"de": {"url": "ftp://x"}}),
        "content.translations.de.url",
        ABSOLUTE,
    ),
    (
        "translated field",
        with_content(translations={"de": {"foo": "x"}}),
        "content.translations.de.foo",
        "is not a known field",
    ),
    ("audience no object", {**GOOD, "audience": []}, "audience", "must be an object"),
    ("include no list", {**GOOD, "audience": {"include": "a"}}, "audience.include", "must be a list"),
    (
        "unknown segment",
        {**GOOD, "audience": {"include": ["seg-x"]}},
        "audience.include.0",
        "is no segment of this store",
    ),
    (
        "unknown exclusion",
        {**GOOD, "audience": {"exclude": ["seg-x"]}},
        "audience.exclude.0",
        "is no segment of this store",
    ),
    (
        "rule",
        {**GOOD, "audience": {"rule": {"in_segment": "seg-x"}}},
        "audience.rule.in_segment",
        "is no segment of this store",
    ),
    ("ttl", {**GOOD, "delivery": {"ttl": "P29D"}}, "delivery.ttl", "must be PT1M to P28D"),
    ("ttl 0", {**GOOD, "delivery": {"ttl": "PT0S"}}, "delivery.ttl", "must be PT1M to P28D"),
    ("ttl in seconds", {**GOOD, "delivery": {"ttl": 60}}, "delivery.ttl", "must be a string"),
    (
        "urgency",
        {**GOOD, "delivery": {"urgency": "now"}},
        "delivery.urgency",
        "must be 'very-low', 'low', 'normal' or 'high'",
    ),
    ("topic", {**GOOD, "delivery": {"topic": ""}}, "delivery.topic", "must have at least 1 characters"),
    ("per_minute", {**GOOD, "delivery": {"per_minute": 0}}, "delivery.per_minute", "must be at least 1"),
    ("one variant", variants(("A", 1)), "variants", "must have at least 2 entries"),
    ("no weight", variants(("A", 1), ("B", 0)), "variants.1.weight", "must be at least 1"),
    ("half a weight", variants(("A", 1), ("B", 0.5)), "variants.1.weight", "must be an integer"),
    ("one name twice", variants(("A", 1), ("A", 1)), "variants", "must have names that differ"),
    ("content and variants", {**variants(("A", 1), ("B", 1)), "content": CONTENT}, "content", BOTH),
    ("holdout_percent", {**GOOD, "holdout_percent": 101}, "holdout_percent", "must be at most 100"),
    (
        "respect_caps",
        {**GOOD, "delivery": {"respect_caps": "no"}},
        "delivery.respect_caps",
        "must be true or false",
    ),
    ("products", {**GOOD, "products": {}}, "products.algorithm", "is required"),
    (
        "filter",
        {**GOOD, "products": {"algorithm": "top_sellers", "filters": {"brand": 1}}},
        "products.filters.brand",
        "must be 1 to 20 texts",
    ),
    ("ends_at", {**GOOD, "ends_at": "x"}, "ends_at", INSTANT),
    ("schedule", {**GOOD, "schedule": {"at": "x"}}, "schedule.at", INSTANT),
    ("no time", {**GOOD, "schedule": {}}, "schedule", "must have either `at` or `cron`"),
    (
        "seconds",
        {**GOOD, "schedule": {"at": "2026-03-03T00:00:01Z"}},
        "schedule.at",
        "must be a full minute",
    ),
    (
        "cron",
        {**GOOD, "schedule": {"cron": "0 18 * * THU *"}},
        "schedule.cron",
        "exactly one of day-of-month and day-of-week must be ?",
    ),
    (
        "cron that never comes",
        {**GOOD, "schedule": {"cron": "0 18 31 FEB ? *"}},
        "schedule.cron",
        "names a day that never comes",
    ),
    (
        "time zone",
        {**GOOD, "schedule": {"cron": "0 18 ? * THU *", "time_zone": "Mars"}},
        "schedule.time_zone",
        "must be an IANA time zone such as Europe/Berlin",
    ),
    (
        "two clocks",
        {**GOOD, "schedule": {"cron": "0 18 ? * THU *", "time_zone": "UTC", "visitor_local": True}},
        "schedule",
        "must have either `time_zone` or `visitor_local` beside `cron`",
    ),
    (
        "two moments",
        {**GOOD, "schedule": {"cron": "0 18 ? * THU *", "best_hour": True, "visitor_local": True}},
        "schedule",
        "must have either `visitor_local` or `best_hour`",
    ),
    (
        "quota",
        {**GOOD, "delivery": {"max_per_user": {"times": 1, "within": "PT1S"}}},
        "delivery.max_per_user.within",
        "must be PT1M to P366D",
    ),
    (
        "frozen and checked again",
        {**GOOD, "freeze_audience": True, "recheck_at_send": True},
        "freeze_audience",
        "must be the opposite of `recheck_at_send`, or only one of them be said",
    ),
    ("foreign field", {**GOOD, "foo": 1}, "foo", "is not a known field"),
)


@pytest.mark.parametrize(("body", "path", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_wrong_with_a_campaign_is_named_by_its_path(
    office: Office, body: Any, path: str, message: str
) -> None:
    answer = office.manage("POST", "/v1/campaigns", body)
    assert (answer.status, answer.faults) == (422, [(path, message)])
    assert office.manage("GET", "/v1/campaigns").json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("title", ["{{ visitor.city", "{% if %}x{% endif %}", "{% include 'x' %}"])
def test_a_broken_template_is_refused_where_it_is_written(office: Office, title: str) -> None:
    answer = office.manage("POST", "/v1/campaigns", with_content(title=title))
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["content.title"])
