"""Pick products for one visitor at dispatch: down the fallback chain, from lists that were rolled up before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from shopbell.app.shelves import Shelves
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId
from shopbell.domain.profile import Profile
from shopbell.domain.recommend.chain import chain, entry_of, narrowed
from shopbell.domain.recommend.choosing import chosen
from shopbell.domain.recommend.filters import presentable, texts, wanted
from shopbell.domain.recommend.link import Asked, Link
from shopbell.domain.recommend.lists import Ranked
from shopbell.domain.recommend.options import number_of
from shopbell.domain.recommend.rolling import narrow_scopes
from shopbell.domain.recommend.seeds import in_cart
from shopbell.domain.recommend.taste import Taste, Weighing, taste_of
from shopbell.domain.scenarios.plan import STATIC, Selection
from shopbell.domain.scenarios.selected import Pick
from shopbell.domain.sends import EMPTY, SendRecord
from shopbell.domain.store import Store
from shopbell.domain.visits.cart import Cart, cart_of

SPARES: Final = (0, 8, 64)
"""How many more it looks at, one look after the other, where a pick was sold out since the shelves were read."""


@dataclass(frozen=True, slots=True)
class Picked:
    """`level` of the fallback chain at which the picks were found; STATIC: none were."""

    picks: tuple[Pick, ...] = ()
    level: int = STATIC


class Selecting(Protocol):
    """What picks for a visitor: `Recommend`."""

    def __call__(
        self,
        store: Store,
        profile: Profile,
        selection: Selection,
        *,
        sends: SendRecord | None = None,
        facts: Mapping[str, Json] | None = None,
        now: Instant,
    ) -> Picked: ...


@dataclass(frozen=True, slots=True)
class Recommend:
    shelves: Shelves

    def __call__(
        self,
        store: Store,
        profile: Profile,
        selection: Selection,
        *,
        sends: SendRecord | None = None,
        facts: Mapping[str, Json] | None = None,
        now: Instant,
    ) -> Picked:
        """The first level that has at least `selection.minimum` products. Raises Unavailable.

        `sends`: what was sent to the visitor before, without this very message; `facts`: of the trigger
        (`category`, products), the `run` that lots are drawn for and its `source`. What is answered is in
        stock as of this call, was not bought within `exclude_purchased` (unless it is replenishable), nor shown
        within `exclude_shown`, nor given back, and is the same for the same state.
        """
        weighing = Weighing(store.affinity_half_life, number_of(selection.options, "purchase_weight", 1.0))
        taste = taste_of(profile.interactions, weighing)
        session = taste_of(profile.interactions, weighing, session_only=True)
        said, filters = facts or {}, selection.filters
        cart = cart_of(profile.cart)
        bars = _Bars.of(selection, taste, _shown(selection, sends or EMPTY, said, cart, now), now)
        bars = bars.with_variants(self.shelves.known(store.id, sorted(bars.purchased)).values())
        asked = Asked(
            selection,
            narrowed(taste, filters),
            narrowed(session, filters),
            entry_of(said, taste),
            now,
            ZoneInfo(store.time_zone),
            cart,
            said,
            profile.visitor,
            frozenset(profile.memberships),
        )
        for link in chain(asked):
            picks = self._level(store, link, selection, bars)
            if len(picks) >= max(selection.minimum, 1):
                return Picked(picks, link.level)
        return Picked()

    def _level(self, store: Store, link: Link, selection: Selection, bars: "_Bars") -> tuple[Pick, ...]:
        """Ranked by what was read up to minutes ago; what is picked is read now, and left out if it is gone.

        The first look reads no more than is shown; where some of it is gone, the next ones look further.
        """
        holds, per_brand = wanted(selection.filters), int(number_of(selection.options, "max_per_brand", 0))
        narrow = narrow_scopes(*(texts(selection.filters.get(name)) for name in ("brand", "label")))
        shelf = self.shelves(store, link, lambda one: presentable(one) and holds(one), bars, narrow)
        stands: dict[ProductId, Product] = {}
        gone: set[ProductId] = set()
        for spare in SPARES:
            ranked = (one for one in link.rank(shelf) if one.product.id not in gone)
            found = chosen(ranked, selection.count, per_brand, spare)
            asked = [one.product.id for one in found if one.product.id not in stands]
            fresh = self.shelves.fresh(store.id, asked)
            stands |= {name: one for name, one in fresh.items() if presentable(one) and holds(one)}
            gone.update(name for name in asked if name not in stands)
            there = [one for one in found if one.product.id in stands]
            if len(there) >= selection.count or len(found) < selection.count + spare:
                break
        return tuple(_pick(one, stands[one.product.id], link) for one in there[: selection.count])


class Supposing:
    """What picks as if a product were another; it is kept for whoever asks about the same next."""

    def __init__(self, select: Recommend) -> None:
        self._select = select
        self._known: tuple[Product, Recommend] | None = None

    def __call__(self, product: Product) -> Selecting:
        known = self._known
        if known is None or known[0] != product:
            known = self._known = product, Recommend(self._select.shelves.supposing(product))
        return known[1]


@dataclass(frozen=True, slots=True)
class _Bars:
    """Whether a product is not for this visitor: bought, or shown, too short a time ago, or given back."""

    purchased: frozenset[ProductId]
    """What is made to be bought again may be shown all the same."""
    shown: frozenset[ProductId]
    """Whatever else must not be shown."""
    groups: frozenset[str | None] = frozenset()
    """Of the variants of what was bought."""

    @classmethod
    def of(cls, selection: Selection, taste: Taste, shown: frozenset[ProductId], now: Instant) -> "_Bars":
        bought = selection.exclude_purchased
        return cls(
            frozenset(name for name, at in taste.purchased.items() if bought is not None and now - at[-1] < bought),
            taste.refunded.union(
                shown,
                taste.visited if selection.options.get("exclude_viewed") is True else (),
            ),
        )

    def with_variants(self, bought: Iterable[Product]) -> "_Bars":
        """Nor is another variant of what was bought, unless that is bought again and again."""
        return replace(
            self, groups=frozenset(one.group_id for one in bought if one.group_id and not one.replenishable)
        )

    def __call__(self, product: Product) -> bool:
        if product.id in self.shown or product.group_id in self.groups:
            return True
        return product.id in self.purchased and not product.replenishable


def _shown(
    selection: Selection, sends: SendRecord, facts: Mapping[str, Json], cart: Cart, now: Instant
) -> frozenset[ProductId]:
    """What messages showed too short a time ago: those of anybody, and those of the same source."""
    anybody, own, source = selection.exclude_shown, selection.exclude_told, facts.get("source")
    found = frozenset[ProductId]() if anybody is None else sends.shown(now - anybody)
    if own is None or not isinstance(source, str):
        return found
    told = sends.shown(now - own, source)
    return found | (told.difference(in_cart(cart)) if selection.options.get("keep_in_cart") is True else told)


def _pick(one: Ranked, product: Product, link: Link) -> Pick:
    return Pick(product, link.algorithm, link.level, round(one.score, 6), one.reason, one.lowest)
