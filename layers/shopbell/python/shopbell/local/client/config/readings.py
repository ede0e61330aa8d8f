"""What the API answers of a thing, as the file says it: its own, without what is as shipped."""

import re
from collections.abc import Mapping
from typing import Any, Final

from shopbell.domain.predefined.library import installed
from shopbell.domain.predefined.model import Predefined
from shopbell.domain.predefined.render import render
from shopbell.domain.webhooks.addresses import check_address
from shopbell.local.client.scenariobody import body_of

_MADE_UP: Final = re.compile(r"seg-[0-9a-f]{16}")
PREDEFINED: Final = "predefined"
"""What a file calls the id of a segment that every store has; also the tag of these."""
_DELAYS: Final = "steps"
EVENT_BUS: Final = "event_bus"
"""What a file calls the webhook without an address."""


def of_segment(read: Mapping[str, Any]) -> dict[str, Any]:
    """`predefined` is the id of one that every store has; building is on its way to active."""
    state = "active" if read["state"] == "building" else read["state"]
    known = {} if _MADE_UP.fullmatch(read["id"]) else {PREDEFINED: read["id"]}
    return {**read, "state": state, **known}


def is_shipped(name: str, body: Mapping[str, Any]) -> bool:
    """A predefined segment as every store is given it, so that no file needs to say it."""
    row = _installed(body.get(PREDEFINED))
    if row is None or body.get("state") != "draft":
        return False
    shipped = as_shipped(row.id) or {}
    return name == render(row).name and all(body.get(field) == value for field, value in shipped.items())


def as_shipped(name: object) -> dict[str, Any] | None:
    """What every store's predefined segment of this id says before anybody changes it; None: there is none."""
    row = _installed(name)
    if row is None:
        return None
    return {"rule": render(row).rule, "description": row.description, "tags": [PREDEFINED]}


def shipped_ids() -> list[str]:
    return [str(one.id) for one in installed()]


def _installed(name: object) -> Predefined | None:
    return next((one for one in installed() if one.id == name), None)


def of_scenario(read: Mapping[str, Any]) -> dict[str, Any]:
    """With the delays of a series among its parameters, wherever they were written."""
    return settled({"parameters": {}, **body_of(read)}, shipped_delays(read))


def shipped_delays(read: Mapping[str, Any]) -> list[str]:
    """When each message of a series goes, as shipped; [] for a single message."""
    found = next((one["default"] for one in read["parameter_help"] if one["name"] == _DELAYS), None)
    return list(found) if isinstance(found, list) else []


def settled(body: Mapping[str, Any], shipped: list[str]) -> dict[str, Any]:
    """One way to say it: delays among the parameters, and no step at the end that says nothing."""
    steps = [dict(one) for one in body.get("steps") or ()]
    parameters = dict(body.get("parameters") or {})
    if any(one.get("delay") is not None for one in steps):
        default = [*shipped, *[""] * len(steps)]
        parameters.setdefault(_DELAYS, [one.get("delay") or default[place] for place, one in enumerate(steps)])
    steps = [{name: value for name, value in one.items() if name != "delay"} for one in steps]
    while steps and not _says(steps[-1]):
        steps.pop()
    return {**body, "parameters": parameters, "steps": steps}


def of_trigger(read: Mapping[str, Any]) -> dict[str, Any]:
    """Its parameters are answered as they hold; what holds by default is left out."""
    default = {one["name"]: one["default"] for one in read["parameter_help"]}
    own = {name: value for name, value in read["parameters"].items() if value != default.get(name)}
    products = read["products"] if read["products"]["algorithm"] else None
    return {**read, "parameters": own, "products": products}


def of_campaign(read: Mapping[str, Any]) -> dict[str, Any]:
    """Without the zone that scheduling has noted where every visitor's own counts: no call takes both."""
    schedule = read["schedule"]
    if schedule and schedule["cron"] and schedule["visitor_local"]:
        schedule = {**schedule, "time_zone": None}
    return {**read, "schedule": schedule, "state": read["status"]}


def of_webhook(read: Mapping[str, Any]) -> dict[str, Any]:
    """Switched off, by somebody or because its receiver is gone: both end when it is switched on again."""
    return {**read, "enabled": read["state"] != "disabled"}


def address_fault(url: str) -> str | None:
    """What is wrong with an address as a name; it must be spelled as the store keeps it, or it would be another's."""
    if url == EVENT_BUS:
        return None
    try:
        spelled = check_address(url, loopback=True)
    except ValueError as exc:
        return str(exc)
    return None if spelled == url else f"must be written as the store keeps it: {spelled}"


def _says(step: Mapping[str, Any]) -> bool:
    return step.get("enabled") is False or any(value for name, value in step.items() if name != "enabled")
