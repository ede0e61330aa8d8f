"""Draw a stable sample of a store's visitors, and read from the same hashes how many there are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.batch import SideBySide
from shopbell.domain.ids import StoreId, VisitorId, visitor_hash
from shopbell.domain.profile import Profile
from shopbell.domain.sampling import COUNTED, SAMPLE, Estimate, everyone, population
from shopbell.ports import Page, Visitors

_SPARE: Final = 8
"""Hashes read beyond a shard's share, so that the fullest of 256 does not cut the others short."""
_PROFILES: Final = 24
"""Read at once."""


@dataclass(frozen=True, slots=True)
class Sample:
    """At most 384 visitors unless more were asked for, those with the lowest hashes, in their order; and the size of
    the store.
    """

    visitors: tuple[VisitorId, ...]
    size: Estimate


@dataclass(frozen=True, slots=True)
class DrawSample:
    visitors: Visitors
    side_by_side: SideBySide

    def __call__(self, store: StoreId, shards: int, most: int = SAMPLE) -> Sample:
        """The same visitors again until others come with lower hashes; all of them where there are no more.

        `most`: no more than the size of the store is read from.
        """
        share = COUNTED if shards == 1 else COUNTED * 5 // (shards * 4) + _SPARE

        def head(shard: int) -> Page[VisitorId]:
            return self.visitors.walk(store, shard, None, share)

        pages = list(self.side_by_side(head, range(shards)))
        found = sorted((visitor_hash(store, who), who) for page in pages for who in page.items)
        # beyond the last hash of a page that is not the last, others of its shard are missing
        ends = [visitor_hash(store, page.items[-1]) for page in pages if page.cursor is not None]
        if ends:
            found = [row for row in found if row[0] <= min(ends)][:COUNTED]
        size = population([digest for digest, _ in found]) if ends else everyone(len(found))
        return Sample(tuple(who for _, who in found[:most]), size)


def persons(
    visitors: Visitors, side_by_side: SideBySide, store: StoreId, names: Sequence[VisitorId]
) -> list[Profile]:
    """The profiles of those of them who are no other's alias."""

    def load(some: Sequence[VisitorId]) -> Mapping[VisitorId, Profile]:
        return visitors.load_many(store, some)

    known: dict[VisitorId, Profile] = {}
    for part in side_by_side(load, list(_waves(names))):
        known.update(part)
    # one who turned out to be a customer is asked as that customer
    return [known[who] for who in names if who in known and known[who].alias is None]


def _waves(names: Sequence[VisitorId]) -> Iterator[Sequence[VisitorId]]:
    for start in range(0, len(names), _PROFILES):
        yield names[start : start + _PROFILES]
