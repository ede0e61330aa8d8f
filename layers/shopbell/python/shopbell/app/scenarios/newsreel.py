"""What a visitor would have been told of products: changes of those that their log shows an interest in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from shopbell.app.kept import Kept
from shopbell.app.newswork import NewsWork, Person
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import MINUTE, Clock, Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.goods import Awaits
from shopbell.domain.ids import ProductId, StoreId, VisitorId
from shopbell.domain.interest import Told, interested
from shopbell.domain.scenarios.rehearsal import WINDOW, Stage
from shopbell.domain.scenarios.tidings import Tiding, tidings
from shopbell.domain.segments.truth import FOREVER
from shopbell.domain.store import Store
from shopbell.domain.versions import Shelved, Version
from shopbell.domain.watchers import Watcher, overheard, shelf_of
from shopbell.ports import Stockroom

MOST: Final = 50
"""Products of one visitor whose past is read: those of the newest interest."""
_VERSIONS: Final = 100
_KEPT: Final[Duration] = MINUTE
Pasts = Mapping[ProductId, Sequence[Version]]


class NewsReel:
    """One for a worker: what stood there is read once a minute, for whomever it is asked."""

    def __init__(self, stockroom: Stockroom, now: Clock) -> None:
        self._stockroom = stockroom
        self._pasts: Kept[tuple[StoreId, ProductId], Sequence[Version]] = Kept(_KEPT, now)

    def __call__(self, stage: Stage, store: Store, visitor: VisitorId, log: Sequence[Event]) -> Sequence[Event]:
        """As the visitor's log would have them, by all that had happened by each instant. Raises Unavailable.

        None of a scenario that waits for no product; nor of a variant that they showed no interest in themselves.
        """
        awaits = stage.plan.awaits
        if awaits is None:
            return ()
        seen = [one for one in overheard(log, visitor, store.currency) if one.seen_at <= stage.until]
        began = _began(stage)
        wanted = _wanted(seen, awaits, began)
        pasts = self._pasts_of(stage, store, wanted)
        found = (
            (one, told)
            for past in pasts.values()
            for one in tidings(past, stage.plan, awaits, store, stage.until)
            if one.at > began
            for told in _told(one, seen, awaits)
        )
        return [_event(stage, one, told) for one, told in found]

    def standing(self, store: StoreId, product: ProductId) -> Product | None:
        """As it stands now."""
        found = self._stockroom.standing(store, [product]).get(product)
        return None if found is None else found.product

    def _pasts_of(self, stage: Stage, store: Store, wanted: Sequence[ProductId]) -> Pasts:
        """Of a product that is supposed to change, and of no other, with that change as its latest."""
        supposed = stage.supposed
        if supposed is None:
            return self._read(store.id, wanted) if wanted else {}
        now = stage.since + 1
        past = [replace(one, until=min(one.until, now)) for one in self._read(store.id, [supposed.id])[supposed.id]]
        return {supposed.id: [*past, Version(Shelved(supposed, now, now), FOREVER)]}

    def _read(self, store: StoreId, products: Sequence[ProductId]) -> Pasts:
        """Oldest first, what stands there now last."""

        def load(keys: list[tuple[StoreId, ProductId]]) -> Mapping[tuple[StoreId, ProductId], Sequence[Version]]:
            names = [name for _, name in keys]
            standing = self._stockroom.standing(store, names)
            pages = {name: self._stockroom.versions(store, name, None, _VERSIONS).items for name in names}
            stands = {name: [Version(one, FOREVER)] for name, one in standing.items()}
            return {(store, name): [*reversed(pages[name]), *stands.get(name, ())] for name in names}

        return {name: past for (_, name), past in self._pasts.many([(store, one) for one in products], load).items()}


def _began(stage: Stage) -> Instant:
    """Early enough for whatever may wait with what is told within the window."""
    if stage.supposed is not None:
        return stage.since
    return stage.since - WINDOW - max(step.delay for step in stage.plan.steps)


def _wanted(seen: Sequence[Watcher], awaits: Awaits, began: Instant) -> Sequence[ProductId]:
    """The newest interest first."""
    lately = [one for one in seen if one.source in awaits.sources and one.seen_at > began - awaits.lookback]
    newest = sorted(lately, key=lambda one: (-one.seen_at, one.product))
    return list(dict.fromkeys(one.product for one in newest))[:MOST]


def _told(tiding: Tiding, seen: Sequence[Watcher], awaits: Awaits) -> Sequence[Told]:
    """Of each source what was known by then of the newest interest."""
    shelf = shelf_of(tiding.product.id, tiding.product.group_id)
    rows = {(one.product, one.source): one for one in _by(seen, tiding.at) if one.shelf == shelf}
    return interested(rows.values(), tiding.product, awaits, tiding.reference, tiding.at)


def _by(seen: Sequence[Watcher], at: Instant) -> Iterator[Watcher]:
    return (one for one in sorted(seen, key=lambda one: one.seen_at) if one.seen_at <= at)


def _event(stage: Stage, tiding: Tiding, told: Told) -> Event:
    product: Product = tiding.product
    store, scenario = stage.rules.store, stage.plan.scenario
    work = NewsWork(store, scenario, product.id, tiding.news, product.price, product.currency, tiding.at, ())
    return work.event(Person(told.visitor, told.seen_at, told.was, told.saw, told.requested))
