"""The kinds of things that a configuration holds: their calls, what names them, and what of them stands in a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from shopbell.local.client.config.readings import (
    EVENT_BUS,
    address_fault,
    of_campaign,
    of_scenario,
    of_segment,
    of_trigger,
    of_webhook,
)
from shopbell.local.client.contract import schema_of

Body = dict[str, Any]
STORE: Final = "store"
_STATE: Final = "state"


def _as_read(read: Mapping[str, Any]) -> Body:
    return dict(read)


def _any(_: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """`section` of the file holds things of it by name; `write` makes one, `edit` changes fields of one.

    Without `edit`, `write` puts a whole thing in the place of another; with `once` it is written once and stays.
    `taken` is what of an answer the file may say, `own` are fields that only the file has, `hidden` those of the
    call that it has not. `defaults` are of fields that the document gives none, and `kept` those that stay as they
    are where the file is silent, since the store finds them itself. `name_fault` says what is wrong with a name.
    With `guarded` an admin's key alone sees things of it. `instead` is the name of one that has none, and the field
    that its call takes in the place of a name.
    """

    section: str
    word: str
    path: str
    write: str
    edit: str | None = None
    once: bool = False
    named_by: str = "name"
    taken: Callable[[Mapping[str, Any]], Body] = _as_read
    own: Mapping[str, Any] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    kept: tuple[tuple[str, ...], ...] = ()
    name_fault: Callable[[str], str | None] = _any
    guarded: bool = False
    instead: str = ""

    @property
    def schema(self) -> Mapping[str, Any]:
        """Of a thing in the file."""
        told = schema_of(self.edit if self.section == STORE and self.edit else self.write)
        left_out = {*self.hidden, *(() if self.section == STORE else (self.named_by,))}
        fields = {name: below for name, below in told["properties"].items() if name not in left_out}
        fields |= {name: {**fields[name], "default": value} for name, value in self.defaults.items()}
        required = [name for name in told.get("required", ()) if name in fields]
        return {"type": "object", "properties": {**fields, **self.own}, "required": required}

    def one(self, name: str) -> str:
        """The path of one thing."""
        return self.path if self.section == STORE else f"{self.path}/{quote(name, safe='')}"


def _states(*names: str) -> Mapping[str, Any]:
    return {_STATE: {"type": "string", "enum": list(names)}}


_NAMED: Final[Mapping[str, Any]] = {"predefined": {"type": "string"}}
SETTINGS: Final = Kind(
    STORE,
    "store",
    "/v1/store",
    "PATCH /v1/store",
    "PATCH /v1/store",
    defaults=dict.fromkeys(("origins", "click_domains", "caps")),
)
"""An empty list is said: left out it would stay as it is."""
LISTS: Final = Kind("lists", "list", "/v1/lists", "POST /v1/lists", once=True, named_by="id")
POOLS: Final = Kind(
    "coupon_pools",
    "coupon pool",
    "/v1/coupon-pools",
    "POST /v1/coupon-pools",
    "PATCH /v1/coupon-pools/{pool_id}",
    named_by="id",
)
SEGMENTS: Final = Kind(
    "segments",
    "segment",
    "/v1/segments",
    "POST /v1/segments",
    "PATCH /v1/segments/{segment_id}",
    taken=of_segment,
    own={**_states("draft", "active", "paused"), **_NAMED},
    hidden=("parameters",),
    kept=((_STATE,), ("predefined",)),
)
PRODUCT_LISTS: Final = Kind(
    "product_lists", "product list", "/v1/product-lists", "PUT /v1/product-lists/{name}", named_by="name"
)
SCENARIOS: Final = Kind("scenarios", "scenario", "/v1/scenarios", "PUT /v1/scenarios/{name}", taken=of_scenario)
TRIGGERS: Final = Kind(
    "triggers",
    "trigger",
    "/v1/triggers",
    "POST /v1/triggers",
    "PATCH /v1/triggers/{trigger_id}",
    taken=of_trigger,
    defaults={"products": {}},
    kept=(("exit_on",), ("reentry",)),
)
CAMPAIGNS: Final = Kind(
    "campaigns",
    "campaign",
    "/v1/campaigns",
    "POST /v1/campaigns",
    "PATCH /v1/campaigns/{campaign_id}",
    taken=of_campaign,
    own=_states("draft", "scheduled", "paused"),
    hidden=("freeze_audience",),
    defaults={"holdout_percent": 0, "recheck_at_send": True},
    kept=((_STATE,), ("schedule", "time_zone")),
)
WEBHOOKS: Final = Kind(
    "webhooks",
    "webhook",
    "/v1/webhooks",
    "POST /v1/webhooks",
    "PATCH /v1/webhooks/{webhook_id}",
    named_by="url",
    instead=EVENT_BUS,
    hidden=(EVENT_BUS,),
    taken=of_webhook,
    name_fault=address_fault,
    guarded=True,
)
KINDS: Final = (SETTINGS, LISTS, POOLS, SEGMENTS, PRODUCT_LISTS, SCENARIOS, TRIGGERS, CAMPAIGNS, WEBHOOKS)
"""In the order in which they stand in a file, and in which they are written: each only needs those before it."""
