"""Of two who change one thing at the same time it is as if one came after the other: nothing is lost unsaid."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import product
from typing import Any, Final

import orjson
import pytest

from tests.functions.http.interleaving import Act, interleaved
from tests.functions.http.office import Office
from tests.functions.http.world import Answered

_REFUSED: Final = 400
_TABLES: Final = (
    "segments",
    "campaigns",
    "scenarios",
    "schedules",
    "triggers",
    "webhooks",
    "coupon_pools",
    "lists",
    "list_members",
    "named_lists",
)
_MOVES: Final = frozenset(
    {
        "revision",
        "version",
        "changed_at",
        "last_changed_at",
        "changed_by",
        "since",
        "build_percent",
        "last_verified_at",
        "updated_at",
    }
)
"""How often and when something was written, and how far its build is; not what it says."""
WORDS = {"title": "Hi", "body": "Look here", "url": "/"}
OTHER: dict[str, Any] = {"event": "search"}


def stands(office: Office) -> bytes:
    """All that is defined, but for how often it was written; of a webhook's secrets how many there are."""
    found = {name: dict(_rows(getattr(office.world, name))) for name in _TABLES}
    if all(row.status != "scheduled" for row in office.world.campaigns.values()):
        del found["schedules"]  # one that is fired finds no campaign that is scheduled, and starts nothing
    found["live"] = {"rules": sorted(row.segment for row in office.ports().segments.rules(_STORE).rules)}
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2, default=sorted)


def _rows(table: Mapping[Any, Any]) -> Iterable[tuple[str, Any]]:
    for key, row in table.items():
        said = orjson.loads(orjson.dumps(row, default=sorted))
        if isinstance(said, dict):
            if said.get("hidden") and said["state"] in {"archived", "paused"}:
                continue  # it is evaluated no more, whatever it says
            said = {name: value for name, value in said.items() if name not in _MOVES}
            said |= {"secrets": len(said["secrets"])} if "secrets" in said else {}
            said |= {"state": "active"} if said.get("state") == "building" else {}
        if said:
            yield str(key), said


_STORE: Final = next(iter(Office().world.stores))


def made(*calls: tuple[str, str, Any]) -> Office:
    office = Office()
    for method, path, body in calls:
        answer = office.manage(method, path, body)
        assert answer.status < _REFUSED, answer.text
    return office


def _acts(path: str, named: Mapping[str, tuple[str, str, Any]]) -> dict[str, Act]:
    def call(office: Office, method: str, further: str, body: Any) -> Answered:
        return office.manage(method, path + further, body)

    return {
        name: partial(call, method=method, further=further, body=body)
        for name, (method, further, body) in named.items()
    }


def only(path: str, prepared: Callable[[], Office]) -> str:
    """Ids are drawn one after the other, so that in every world it has this one."""
    (one,) = prepared().manage("GET", path).json["items"]
    return f"{path}/{one['id']}"


def _segment(state: str) -> Office:
    office = Office()
    office.active() if state == "live" else office.segment()
    return office


def _campaign() -> Office:
    office = Office()
    office.campaign(audience={"rule": OTHER})
    return office


def _trigger() -> Office:
    office = Office()
    office.trigger(event="search", content=WORDS, occurrence={"nth": 3}, enabled=True)
    return office


def _webhook() -> Office:
    office = Office()
    office.webhook()
    return office


EDIT: tuple[str, str, Any] = ("PATCH", "", {"name": "Renamed"})
GONE: tuple[str, str, Any] = ("DELETE", "", None)
KINDS: dict[str, tuple[Callable[[], Office], str, dict[str, tuple[str, str, Any]]]] = {
    "draft segment": (
        partial(_segment, "draft"),
        "/v1/segments",
        {"edit": EDIT, "rule": ("PATCH", "", {"rule": OTHER}), "go": ("POST", "/activate", None), "delete": GONE},
    ),
    "live segment": (
        partial(_segment, "live"),
        "/v1/segments",
        {"edit": EDIT, "rule": ("PATCH", "", {"rule": OTHER}), "pause": ("POST", "/pause", None), "delete": GONE},
    ),
    "campaign": (
        _campaign,
        "/v1/campaigns",
        {
            "edit": EDIT,
            "words": ("PATCH", "", {"content": WORDS}),
            "whom": ("PATCH", "", {"audience": {"rule": {"event": "login"}}}),
            "schedule": ("POST", "/schedule", {"at": "2026-03-02T18:00:00Z"}),
            "delete": GONE,
        },
    ),
    "trigger": (
        _trigger,
        "/v1/triggers",
        {
            "edit": EDIT,
            "words": ("PATCH", "", {"content": {**WORDS, "title": "Ho"}}),
            "off": ("PATCH", "", {"enabled": False}),
            "whom": ("PATCH", "", {"audience": {"rule": OTHER}}),
            "delete": GONE,
        },
    ),
    "webhook": (
        _webhook,
        "/v1/webhooks",
        {
            "edit": ("PATCH", "", {"description": "CRM"}),
            "off": ("PATCH", "", {"enabled": False}),
            "rotate": ("POST", "/rotate", None),
            "delete": GONE,
        },
    ),
    "pool": (
        partial(made, ("POST", "/v1/coupon-pools", {"name": "Spring", "id": "spring"})),
        "/v1/coupon-pools",
        {"edit": EDIT, "popup": ("PATCH", "", {"popup": {"title": "Hi", "body": "There"}}), "delete": GONE},
    ),
    "list": (
        partial(made, ("POST", "/v1/lists", {"name": "VIP", "id": "vip"})),
        "/v1/lists",
        {
            "fill": ("PUT", "/members", {"visitor_ids": ["ann", "ben"]}),
            "more": ("PUT", "/members", {"visitor_ids": ["cid"]}),
            "fewer": ("PUT", "/members", {"visitor_ids": ["ann"], "mode": "remove"}),
            "delete": GONE,
        },
    ),
    "scenario": (
        Office,
        "/v1/scenarios/top_sellers",
        {
            "at nine": ("PUT", "", {"enabled": True, "parameters": {"cron": "0 9 * * ? *"}}),
            "at five": ("PUT", "", {"enabled": True, "parameters": {"cron": "0 17 * * ? *"}}),
            "of some": ("PUT", "", {"enabled": True, "audience": {"rule": OTHER}}),
            "off": ("PUT", "", {"enabled": False}),
        },
    ),
    "scenario beside": (
        Office,
        "/v1/scenarios",
        {
            "we_missed_you": ("PUT", "/we_missed_you", {"enabled": True, "parameters": {"n_days": 14}}),
            "churn": ("PUT", "/churn", {"enabled": True}),
            "back": ("PUT", "/we_missed_you", {"enabled": False}),
        },
    ),
    "prompt": (
        Office,
        "/v1/scenarios/permission_prompt",
        {
            "slow": ("PUT", "", {"enabled": True, "parameters": {"delay_s": 9}}),
            "to some": ("PUT", "", {"enabled": True, "audience": {"rule": OTHER}}),
            "off": ("PUT", "", {"enabled": False}),
        },
    ),
    "product list": (
        Office,
        "/v1/product-lists/gifts",
        {
            "one": ("PUT", "", {"product_ids": ["boot"]}),
            "another": ("PUT", "", {"product_ids": ["pan", "pot"]}),
        },
    ),
}
_LONG: Final = frozenset({"campaign", "live segment", "scenario beside"})
PAIRS = [
    pytest.param(kind, *pair, id="-".join((kind, *pair)), marks=[pytest.mark.long] if far else [])
    for kind, (_, _, acts) in KINDS.items()
    for pair in product(acts, repeat=2)
    for far in [kind in _LONG or pair[0] == pair[1]]
]


@pytest.mark.parametrize(("kind", "outer", "inner"), PAIRS)
def test_it_is_as_if_one_came_after_the_other(kind: str, outer: str, inner: str) -> None:
    prepared, path, named = KINDS[kind]
    acts = _acts(path if prepared is Office else only(path, prepared), named)
    allowed = set()
    for order in ((outer, inner), (inner, outer), (outer,), (inner,)):
        office = prepared()
        done = frozenset(place for place in order if acts[place](office).status < _REFUSED)
        allowed.add((done, stands(office)))
    for met in interleaved(prepared, acts[outer], acts[inner]):
        went = ((outer, met.outer), (inner, met.inner))
        assert all(answer.status in {200, 201, 202, 204, 404, 409, 412} for _, answer in went), met.at
        done = frozenset(name for name, answer in went if answer.status < _REFUSED)
        assert (done, stands(met.office)) in allowed, (met.at, met.outer.status, met.inner.status)
