"""What a campaign says, and to whom it says something else: checked before it is saved, made possible after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopbell.app.links import NOWHERE, dead_link, leads_nowhere
from shopbell.app.scenarios.interactions import KeepInteractions
from shopbell.domain.campaigns import Campaign
from shopbell.domain.content import Content, ContentBy, Variant
from shopbell.domain.errors import Conflict, Problem, Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.store import Store
from shopbell.ports import Segments, Stores


@dataclass(frozen=True, slots=True)
class KeepTexts:
    stores: Stores
    segments: Segments
    interactions: KeepInteractions

    def check(self, store: StoreId, content: Content, variants: Sequence[Variant], by: ContentBy | None) -> None:
        """Rejected for a link that no notification could open, a segment that is none, and for both at once."""
        row = self.stores.get(store)
        if row is not None and (path := dead_path(content, variants, by, row)) is not None:
            raise Rejected.at(path, NOWHERE)
        if by is not None and variants:
            raise Rejected.at("content_by", "goes with `content`, not with `variants`")
        missing = list(self._missing(store, by)) if by is not None and by.kind == "segment" else []
        if missing:
            raise Rejected(missing)

    def keep(self, campaign: Campaign) -> None:
        """Visitors carry what favourites, products and hours are computed from, from the draft on."""
        row, by = self.stores.get(campaign.store), campaign.content_by
        favourites, picks = by is not None and by.kind == "category", campaign.terms.products.algorithm is not None
        hours = campaign.schedule is not None and campaign.schedule.best_hour
        if row is not None and (favourites or picks or hours):
            self.interactions(row)

    def _missing(self, store: StoreId, by: ContentBy) -> Iterator[Problem]:
        known = self.segments.all(store)
        there = {row.id for row in known if row.state != "archived" and not row.hidden}
        for one in by.texts:
            if one.name not in there:
                yield Problem(f"content_by.segment.{one.name}", "is no segment of this store")


def named_segments(by: ContentBy | None) -> frozenset[SegmentId]:
    """Those whose members get other words."""
    return (
        frozenset(SegmentId(one.name) for one in by.texts) if by is not None and by.kind == "segment" else frozenset()
    )


def check_sendable(campaign: Campaign, store: Store) -> None:
    """The origin may have gone since the campaign was written."""
    if (path := dead_path(campaign.content, campaign.variants, campaign.content_by, store)) is not None:
        raise Conflict(f"{path} {NOWHERE}.")


def dead_path(content: Content, variants: Sequence[Variant], by: ContentBy | None, store: Store) -> str | None:
    """Of the first link that leads nowhere."""
    texts = by.texts if by is not None else ()
    own = (f"content_by.{by.kind}.{one.name}.url" for one in texts if by and leads_nowhere(one.content, store))
    return dead_link(content, variants, store) or next(own, None)
