"""The algorithms that start from products: what each reads of its seeds, and how it ranks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.recommend.alternatives import BAND, alternatives, beside
from shopbell.domain.recommend.bonds import leaves
from shopbell.domain.recommend.carted import from_cart
from shopbell.domain.recommend.complements import co_bought, complementary, kinds_beside, partners
from shopbell.domain.recommend.filters import under, upwards
from shopbell.domain.recommend.link import Asked, Link, Rank, Scopes
from shopbell.domain.recommend.lists import WINDOWS, Known, Ranked, Shelf
from shopbell.domain.recommend.named import named_for, predefined
from shopbell.domain.recommend.names import Seed
from shopbell.domain.recommend.options import number_of
from shopbell.domain.recommend.seeds import seed_of
from shopbell.domain.recommend.sellers import top_sellers
from shopbell.domain.recommend.taste import Taste

DEFAULT: Final[Mapping[str, Seed]] = {
    "complementary": "order",
    "alternatives": "last_viewed",
    "predefined": "order",
    "random_from_cart": "cart",
}
"""What each starts from where its options name nothing else."""
_WINDOW: Final = WINDOWS.index(30)


def _complementary(asked: Asked, taste: Taste, level: int) -> Link:
    bundle_first = asked.selection.options.get("bundle_first") is not False
    return Link(
        level,
        "complementary",
        lambda shelf: complementary(taste, shelf, bundle_first=bundle_first),
        lambda known: kinds_beside(taste, known),
        partners,
        asked.seeds(DEFAULT["complementary"]),
        ("bought", "category"),
    )


def _alternatives(asked: Asked, taste: Taste, level: int) -> Link:
    options = asked.selection.options
    band, unseen = number_of(options, "price_band", BAND), options.get("exclude_viewed") is not False
    mine = frozenset(asked.in_cart) if options.get("keep_in_cart") is True else frozenset()
    return Link(
        level,
        "alternatives",
        lambda shelf: alternatives(taste, shelf, band, exclude_viewed=unseen, beyond=mine),
        lambda known: list(dict.fromkeys(path for one in known.seeds.values() for path in leaves(one))),
        lambda known: [*beside(known), *known.overview.recent],
        asked.seeds(DEFAULT["alternatives"]),
        ("viewed",),
    )


def _predefined(asked: Asked, _: Taste, level: int) -> Link:
    said = asked.selection.options.get("list")
    name = said if isinstance(said, str) else None
    return Link(
        level,
        "predefined",
        predefined,
        products=lambda known: known.named,
        seeds=asked.seeds(DEFAULT["predefined"]),
        named=lambda seeds, lists: named_for(lists, name, seeds, asked.segments, asked.now),
    )


def _from_cart(asked: Asked, _: Taste, level: int) -> Link:
    said = seed_of(asked.selection.options, DEFAULT["random_from_cart"])
    seed: Seed = "cart" if said == "event" else said  # it starts from no product
    lot = f"{asked.facts.get('run', '')}\n{asked.visitor}"
    wanted = asked.seeds("cart") if seed == "cart" else asked.in_cart
    return Link(
        level,
        "random_from_cart",
        lambda shelf: from_cart(shelf, seed, lot),
        products=lambda known: tuple(known.seeds),
        seeds=wanted,
    )


def beside_seeds(asked: Asked, algorithm: str, level: int) -> Link:
    """Top sellers of the seeds' own categories, else of what lies above; of alternatives at about their price."""
    band = number_of(asked.selection.options, "price_band", BAND) if algorithm == "alternatives" else None

    def fits(known: Known, product: Product, scope: str) -> bool:
        near = band is None or any(abs(product.price - one.price) <= band * one.price for one in known.seeds.values())
        return near and not _same(known, product) and any(under(path, scope) for path in product.categories)

    return Link(
        level, "top_sellers", _first_of(_above, fits), _above, seeds=asked.seeds(DEFAULT.get(algorithm, "event"))
    )


def co_sellers(asked: Asked, level: int) -> Link:
    """Top sellers of the kind of things that is bought most with what the seeds are, else of the next."""

    def fits(known: Known, product: Product, scope: str) -> bool:
        return not _same(known, product) and any(under(path, scope) for path in product.categories)

    seeds = asked.seeds(DEFAULT["complementary"])
    return Link(level, "top_sellers", _first_of(co_bought, fits), co_bought, seeds=seeds, relations=("category",))


def _first_of(scopes: Scopes, fits: Callable[[Known, Product, str], bool]) -> Rank:
    """Top sellers of the first of these categories that has one that fits."""

    def rank(shelf: Shelf) -> Sequence[Ranked]:
        for scope in scopes(shelf.known):
            found = top_sellers(shelf, [scope], "orders", _WINDOW)
            mine = [one for one in found if fits(shelf.known, one.product, scope)]
            if mine:
                return mine
        return ()

    return rank


def unlike_seeds(asked: Asked, algorithm: str, link: Link) -> Link:
    """With nothing that is a seed, or another variant of one."""

    def rank(shelf: Shelf) -> Iterable[Ranked]:
        return (one for one in link.rank(shelf) if not _same(shelf.known, one.product))

    return replace(link, rank=rank, seeds=asked.seeds(DEFAULT[algorithm]))


def _same(known: Known, product: Product) -> bool:
    groups = {one.group_id for one in known.seeds.values() if one.group_id}
    return product.id in known.seeds or product.group_id in groups


def _above(known: Known) -> Sequence[str]:
    return list(dict.fromkeys(up for one in known.seeds.values() for path in leaves(one) for up in upwards(path)))


SEEDED: Final[Mapping[str, Callable[[Asked, Taste, int], Link]]] = {
    "complementary": _complementary,
    "alternatives": _alternatives,
    "predefined": _predefined,
    "random_from_cart": _from_cart,
}
"""By name."""
BESIDE: Final = frozenset({"complementary", "alternatives"})
"""Of those, what shows something beside its seeds, and none of them however far it falls back."""
