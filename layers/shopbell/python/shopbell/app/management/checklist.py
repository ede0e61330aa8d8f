"""What a store still lacks before its first message can go out and be told of truly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from shopbell.app.management.store import ReadStore
from shopbell.domain.campaigns import Campaign
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.push.vapid import BadContact, check_subject
from shopbell.domain.store import Store
from shopbell.ports import Assortment, Campaigns, KeyUses, Sends

ItemName = Literal[
    "contact", "origins", "first_event", "first_subscription", "first_push", "catalogue", "server_purchases"
]
NAMES: Final[tuple[ItemName, ...]] = get_args(ItemName)
NEXT: Final[Mapping[ItemName, str]] = {
    "contact": "Set `contact` with PATCH /v1/store to a mailto: or https: address where push services reach you.",
    "origins": "List the addresses of your pages in `origins` with PATCH /v1/store, such as https://shop.example.",
    "first_event": "Put the script into your pages; GET /v1/events/recent shows what comes in and what is refused.",
    "first_subscription": "Put the two lines into /shopbell-sw.js, open a page of the shop, and allow notifications.",
    "first_push": "Write a campaign, try it out on yourself with POST /v1/campaigns/{id}/test, then send it.",
    "catalogue": "Send your products with PUT /v1/products or as a feed with POST /v1/feeds.",
    "server_purchases": "Report orders from your server (key sb_srv_): pages lose some, and anybody can forge them.",
}
_TRUSTED: Final[Mapping[str, Json]] = {
    "event": "purchase",
    "where": [{"field": "trusted", "op": "eq", "value": True}],
}
_LOOKED_AT: Final = 50
"""Visitors, and the latest campaigns, that are asked whether anything was ever sent."""


@dataclass(frozen=True, slots=True)
class Item:
    """`next` is what to do about it; None: nothing."""

    name: ItemName
    done: bool
    next: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of visitors: how many there are, how many a rule holds for, and some who can be reached."""

    size: Callable[[StoreId], int]
    count: Callable[[StoreId, Json], int]
    reachable: Callable[[StoreId, int], Sequence[VisitorId]]


@dataclass(frozen=True, slots=True)
class ReadChecklist:
    read: ReadStore
    assortment: Assortment
    uses: KeyUses
    sends: Sends
    campaigns: Campaigns
    accepted: Callable[[Campaign], int]
    sample: Sample

    def __call__(self, store: StoreId) -> Sequence[Item]:
        """In the order in which a shop goes about it."""
        row = self.read(store)
        checks: Mapping[ItemName, Callable[[Store], bool]] = {
            "contact": lambda row: _reachable(row.contact),
            "origins": lambda row: bool(row.origins),
            "first_event": lambda row: self.sample.size(row.id) > 0,
            "first_subscription": lambda row: any(use.active for use in self.uses.of(row.id).values()),
            "first_push": self._pushed,
            "catalogue": lambda row: bool(self.assortment.page(row.id, None, 1).items),
            "server_purchases": lambda row: self.sample.count(row.id, dict(_TRUSTED)) > 0,
        }
        return [_item(name, done=checks[name](row)) for name in NAMES]

    def _pushed(self, row: Store) -> bool:
        """Whether anybody of some was ever sent anything, or a campaign of late was accepted by a push service."""
        some = self.sample.reachable(row.id, _LOOKED_AT)
        if some and any(record.sent for record in self.sends.of(row.id, some).values()):
            return True
        page = self.campaigns.page(row.id, None, _LOOKED_AT)
        return any(self.accepted(one) for one in page.items if one.status not in {"draft", "scheduled"})


def _item(name: ItemName, *, done: bool) -> Item:
    return Item(name, done, None if done else NEXT[name])


def _reachable(contact: str) -> bool:
    try:
        check_subject(contact)
    except BadContact:
        return False
    return True
