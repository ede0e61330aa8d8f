"""What people define: stores and keys, segments, campaigns, scenarios, the catalogue, secrets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from shopbell.domain.campaigns import Campaign
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.ids import CampaignId, ProductId, SegmentId, StoreId
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.segments.changes import SegmentChange
from shopbell.domain.segments.definition import Segment, StoredRules
from shopbell.domain.store import Key, Store
from shopbell.domain.versions import Change, Shelved, Version
from shopbell.ports.paging import Page


class Segments(Protocol):
    def get(self, store: StoreId, segment: SegmentId) -> Segment | None: ...

    def all(self, store: StoreId) -> Sequence[Segment]: ...

    def save(self, segment: Segment, *, expected: int | None) -> bool:
        """Write it and, where the live rules change, the next `StoredRules`, in one transaction.

        `expected` is the revision that was read, None to create; False: someone else was faster.
        """

    def rules(self, store: StoreId) -> StoredRules:
        """The live rules with their version, strongly consistent."""

    def rules_version(self, store: StoreId) -> int: ...


class SegmentPast(Protocol):
    """What a segment was before: kept for ever, unchanged."""

    def version(self, store: StoreId, segment: SegmentId, number: int) -> Segment | None:
        """As it was when that definition was saved."""

    def versions(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[Segment]:
        """Newest first."""

    def changes(self, store: StoreId, segment: SegmentId, cursor: str | None, limit: int) -> Page[SegmentChange]:
        """Newest first."""


class FoldSettings(Protocol):
    """Under which settings of the store its events are folded (`segments.refold`)."""

    def note_settings(self, store: StoreId, settings: str) -> None:
        """If none are noted yet."""

    def fold_under(self, store: StoreId, settings: str) -> bool:
        """Make the version of the rules that folds every log anew; False: they are folded so already."""


class Stores(Protocol):
    def get(self, store: StoreId) -> Store | None: ...

    def save(self, store: Store, *, expected: Store | None) -> bool:
        """`expected`: the store as it was read, None to create it; False: someone else was faster.

        Its VAPID keys (`KeyRow`) and its `day` (the night's) are written elsewhere and stay as they stand.
        """

    def key(self, store: StoreId, digest: str) -> Key | None: ...

    def add_key(self, key: Key) -> None:
        """One that is new; how one that is there turns is for `Keys` to say."""

    def used(self, key: Key, at: Instant) -> None:
        """Note the last use, at most once a minute per process."""


class Keys(Protocol):
    def keys(self, store: StoreId) -> Sequence[tuple[Key, Instant | None]]:
        """All of a store, revoked ones too, each with its last use as far as it was noted; oldest first."""

    def add_key(self, key: Key) -> None: ...

    def turn(self, store: StoreId) -> int:
        """How often keys of the store were turned. To be read before the keys, strongly consistent."""

    def turned(self, store: StoreId, turn: int, changes: Sequence[tuple[Key | None, Key]]) -> bool:
        """All of them or none, each as it was read (None: it is new) and as it is to be.

        False: since `turn` was read another has turned keys of the store, whichever. So what was found of all keys,
        that an admin is left, still holds when one of them goes.
        """


class Secrets(Protocol):
    def get(self, name: str, *, fresh: bool = False) -> bytes:
        """A SecureString of the stage, such as `<store>/vapid/<id>`; NotFound if there is none.

        `fresh`: as it stands now, though this process remembers another, as whoever writes it anew must know.
        """

    def put(self, name: str, value: bytes) -> None: ...

    def delete(self, name: str) -> None:
        """No error where there is none. Another process may go on knowing it for a quarter of an hour."""


class Catalogue(Protocol):
    def get_many(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Product]: ...


class Stockroom(Protocol):
    """The same products with their revisions: the one way in which they are written."""

    def standing(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Shelved]:
        """Strongly consistent; those that there are."""

    def gone(self, store: StoreId, products: Sequence[ProductId]) -> Mapping[ProductId, Version]:
        """What the latest deletion of each took away, for 90 days; whatever stands there by now."""

    def save(self, store: StoreId, changes: Sequence[Change]) -> Sequence[bool]:
        """Each with what stood there before as a version, or not at all; False: somebody else was faster.

        No product twice in one call.
        """

    def versions(self, store: StoreId, product: ProductId, cursor: str | None, limit: int) -> Page[Version]:
        """What stood there before, of the last 90 days, newest first."""


class Assortment(Protocol):
    """All products of a store, by their age."""

    def newest(self, store: StoreId, since: Instant = 0) -> Iterator[tuple[Instant, ProductId]]:
        """`created_at` and id, newest first and equals by falling id, read as far as the caller goes."""

    def page(self, store: StoreId, cursor: str | None, limit: int) -> Page[Product]:
        """Newest first."""

    def count(self, store: StoreId) -> int: ...


class Campaigns(Protocol):
    def get(self, store: StoreId, campaign: CampaignId) -> Campaign | None: ...

    def page(self, store: StoreId, cursor: str | None, limit: int) -> Page[Campaign]: ...

    def save(self, campaign: Campaign, *, expected: int | None) -> bool: ...

    def scheduled(self) -> Iterator[tuple[StoreId, CampaignId]]:
        """Those of all stores that are `watched`; one that has just become so may be missing."""


class Scenarios(Protocol):
    def get(self, store: StoreId, scenario: str) -> ScenarioSettings | None: ...

    def save(self, settings: ScenarioSettings, *, expected: int | None = None) -> bool:
        """`expected`: the revision that was read, 0 for none; None: whatever stands there. False: it has changed."""

    def enabled(self, scenario: str) -> Iterator[StoreId]:
        """Stores that have it switched on (index `scen#<scenario>`, ruling 14)."""
