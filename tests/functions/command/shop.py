"""A store with one of everything that a configuration holds, and another that has nothing yet."""

from collections.abc import Mapping
from typing import Any, Final

from shopbell.adapters.memory.segments import MemorySegments
from shopbell.app.founding import predefined
from shopbell.domain.ids import StoreId
from shopbell.domain.predefined.library import installed
from shopbell.local.client.config.files import dump, load

from tests.functions.command.counter import Counter
from tests.functions.http import world
from tests.functions.http.office import THEIR_ADMIN, Office
from tests.functions.http.world import NOON, OURS, SHOP

THEIRS: Final = ("--key", THEIR_ADMIN)
"""The other store's key, for any command."""
WORDS: Final = {"title": "Hello", "body": "On sale:\n- boots\n- {{ 1e5 }}\n", "url": f"{SHOP}/sale"}
RECEIVER: Final = "https://hooks.shop.example/in"
OFTEN: Final = {"event": "purchase", "op": "gte", "value": 2, "window": {"last": "P30D"}}


def founded(office: Office) -> None:
    """Both stores have the predefined segments, as founding gives them."""
    for store in (OURS, world.THEIRS):
        for row in installed():
            MemorySegments(office.world).save(predefined(StoreId(store), row, NOON), expected=None)


def furnish(office: Office) -> None:
    """One of everything, in every state that a file can say."""
    _settings(office)
    buyers = office.active(name="Buyers", rule=OFTEN, tags=["core", "on"], description="Who buys again")
    both = {"and": [{"in_segment": buyers}, {"list": "testers"}]}
    testers = office.active(name="Testing buyers", rule=both)
    late = office.active(name="Abend 21:00", rule={"last": "purchase", "ago": {"op": "gt", "value": "P120D"}})
    _done(office, "POST", f"/v1/segments/{late}/pause")
    office.segment(name="A draft", rule={"not": {"in_segment": late}})
    _done(office, "PUT", "/v1/product-lists/window", {"product_ids": ["b2", "b1"], "target": _target(buyers)})
    _scenarios(office, buyers)
    entered = [{"field": "segment_id", "op": "eq", "value": testers}]
    office.trigger(name="Welcome", event="segment_entered", where=entered, content=WORDS, enabled=True)
    office.trigger(
        name="Thanks", event="purchase", delay="PT2H", exit_on=[], variants=_variants(), parameters={"priority": 7}
    )
    _campaigns(office, buyers, testers)
    office.webhook(url=RECEIVER, segments=[buyers, testers], description="CRM: who buys")
    office.webhook(url=None, event_bus=True, segments=[buyers])
    office.webhook(url=f"{RECEIVER}?off", events=["segment.exited"], enabled=False)


def exported(counter: Counter, *more: str) -> str:
    into = counter.folder / f"store{len(more)}.yaml"
    assert counter.run("config", "export", "--output", str(into), *more) == 0, counter.warned
    return str(into)


def edited(counter: Counter, changes: Mapping[tuple[str | int, ...], Any]) -> str:
    """The exported file with other values at these places; None takes one out."""
    told = load(exported(counter)).value
    for place, value in changes.items():
        inside = told
        for name in place[:-1]:
            inside = inside[name]
        if value is None:
            del inside[place[-1]]
        else:
            inside[place[-1]] = value
    return counter.file("edited.yaml", dump(told))


def applied(counter: Counter, file: str, *more: str) -> str:
    """What the plan said; afterwards nothing is left to do, not even for the second time."""
    assert counter.run("config", "apply", file, "--yes", *more) == 0, counter.warned
    told = counter.told
    assert counter.run("config", "plan", file, *more) == 0, counter.told
    assert counter.run("config", "apply", file, *more) == 0
    assert counter.told == "plan: nothing to do\n"
    return told


def _settings(office: Office) -> None:
    _done(office, "PATCH", "/v1/store", {"language": "de", "caps": [], "origins": [SHOP], "approve_over": 10_000})
    _done(office, "POST", "/v1/lists", {"id": "testers", "name": "Testers"})
    popup = {"title": "Yours", "body": "off: 10 %"}
    pool = {"id": "welcome", "name": "Welcome", "discount": "10 %", "popup": popup, "low_stock_percent": 0}
    _done(office, "POST", "/v1/coupon-pools", pool)


def _scenarios(office: Office, segment: str) -> None:
    series = {
        "enabled": True,
        "parameters": {"n_days": 40},
        "steps": [{"content": WORDS}],
        "audience": {"include": [segment]},
    }
    _done(office, "PUT", "/v1/scenarios/we_missed_you", series)
    delays = {"enabled": False, "steps": [{"delay": "PT60M"}, {"delay": "P2D", "enabled": False}]}
    _done(office, "PUT", "/v1/scenarios/abandoned_cart", delays)
    prompt = {"enabled": True, "parameters": {"never_on": [], "logo": None}, "audience": {"exclude": [segment]}}
    _done(office, "PUT", "/v1/scenarios/permission_prompt", prompt)


def _campaigns(office: Office, buyers: str, testers: str) -> None:
    by = {"segment": {testers: WORDS}}
    office.campaign(name="Spring", content=WORDS, content_by=by, audience={"include": [buyers], "exclude": [testers]})
    weekly: dict[str, Any] = {"schedule": {"cron": "0 18 ? * THU *", "visitor_local": True}, "holdout_percent": 5}
    for name, verbs in (("Weekly", ["schedule"]), ("Held", ["schedule", "pause"])):
        made = office.campaign(name=name, audience={"rule": {"in_segment": buyers}}, **weekly)
        for verb in verbs:
            _done(office, "POST", f"/v1/campaigns/{made}/{verb}", {} if verb == "schedule" else None)
    products = {"algorithm": "top_sellers", "count": 3, "filters": {"in_stock": True}}
    office.campaign(
        name="Picked",
        content=None,
        variants=_variants(),
        winner={"method": "test", "metric": "clicks", "test_percent": 20},
        products=products,
        delivery={"ttl": "PT6H", "urgency": "high"},
    )


def _variants() -> list[dict[str, Any]]:
    return [{"name": name, "weight": 50, "content": {**WORDS, "title": name}} for name in ("A", "B")]


def _target(segment: str) -> dict[str, str]:
    return {"kind": "segment", "id": segment}


def _done(office: Office, method: str, path: str, body: Any = None) -> None:
    answer = office.manage(method, path, body)
    assert answer.status < 300, answer.text
