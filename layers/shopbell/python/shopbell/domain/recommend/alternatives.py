"""Alternatives to a product: of its kind, looked at beside it, alike in what is said of it, at about its price."""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from math import exp, log, sqrt
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.events import Json
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.bonds import Bonds, Subject, leaves
from shopbell.domain.recommend.lists import Known, Ranked, Shelf
from shopbell.domain.recommend.offers import fitness
from shopbell.domain.recommend.taste import Taste

BAND: Final = 0.3
"""How far from the seed's price, as a part of it."""
PARTNERS: Final = 30
"""Of what was looked at beside a seed, what was so most."""
SHRINK: Final = 10
"""Looks that two products must share before they say half of what they say."""
_SEEN: Final = 0.45
_ALIKE: Final = 0.35
_PRICE: Final = 0.2
_PERSONAL: Final = 0.3
_WORD: Final = re.compile(r"\w+")


def alternatives(
    taste: Taste, shelf: Shelf, band: float, *, exclude_viewed: bool, beyond: Collection[ProductId] = ()
) -> Sequence[Ranked]:
    """To the first seed that has any, the closest first; of what nobody looked at yet what is said of it tells.

    None of them is in `beyond`.
    """
    for seed in shelf.known.seeds.values():
        found = []
        for name in shelf.products:
            if name in beyond:
                continue
            product = shelf.open(name)
            if product is not None and _may_stand_in(product, seed, band, taste, exclude_viewed=exclude_viewed):
                score = similarity(seed, product, shelf.known.bonds) + _PERSONAL * _liked(taste, product)
                found.append(Ranked(product, score, _said(seed, product, shelf.known.bonds)))
        if found:
            return sorted(found, key=lambda one: (-one.score, one.product.id))
    return ()


def beside(known: Known) -> Sequence[ProductId]:
    """Products that may be picked beside the lists of the seeds' kinds."""
    return [product for seed in known.seeds for product in closest(known.bonds.get(Subject("viewed", seed)))]


def closest(bonds: Bonds | None) -> Sequence[ProductId]:
    rows = sorted(bonds.partners.items(), key=lambda row: (-row[1], row[0])) if bonds else ()
    return [ProductId(name) for name, _ in islice(rows, PARTNERS)]


def similarity(seed: Product, product: Product, bonds: Mapping[Subject, Bonds]) -> float:
    """0 to 1: 0.45 how often they are looked at together, 0.35 what is said of them, 0.2 their prices."""
    return (
        _SEEN * co_viewed(seed.id, product.id, bonds)
        + _ALIKE * likeness(seed, product)
        + _PRICE * _near(seed, product)
    )


def co_viewed(one: ProductId, other: ProductId, bonds: Mapping[Subject, Bonds]) -> float:
    """The cosine of their looks, shrunk where these are few."""
    mine, theirs = bonds.get(Subject("viewed", one)), bonds.get(Subject("viewed", other))
    together = mine.partners.get(other, 0.0) if mine else 0.0
    if mine is None or theirs is None or not together:
        return 0.0
    return min(together / (sqrt(mine.count * theirs.count) + SHRINK), 1.0)


def likeness(one: Product, other: Product) -> float:
    """How much of what is said of either is said of both: brand, labels, attributes, words of the title."""
    said = [(_labels(one), _labels(other)), (_attributes(one), _attributes(other)), (_words(one), _words(other))]
    shares = [len(mine & theirs) / len(mine | theirs) for mine, theirs in said if mine or theirs]
    if one.brand or other.brand:
        shares.append(float(one.brand == other.brand))
    return sum(shares) / len(shares) if shares else 0.0


def _may_stand_in(product: Product, seed: Product, band: float, taste: Taste, *, exclude_viewed: bool) -> bool:
    return (
        product.id != seed.id
        and (product.group_id is None or product.group_id != seed.group_id)
        and not set(leaves(product)).isdisjoint(leaves(seed))
        and abs(product.price - seed.price) <= band * seed.price
        and not (exclude_viewed and product.id in taste.visited)
    )


def _liked(taste: Taste, product: Product) -> float:
    _, brand, price = fitness(taste, product)
    return (brand + price) / 2


def _near(one: Product, other: Product) -> float:
    return exp(-abs(log(one.price / other.price))) if one.price and other.price else 0.0


def _labels(product: Product) -> set[str]:
    return set(product.tags)


def _attributes(product: Product) -> set[str]:
    return {f"{name}={part}" for name, value in product.attributes.items() for part in _parts(value)}


def _parts(value: Json) -> Sequence[str]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(one) for one in value]
    return [] if value is None or isinstance(value, Mapping) else [str(value)]


def _words(product: Product) -> set[str]:
    return {word.lower() for word in _WORD.findall(product.title)}


def _said(seed: Product, product: Product, bonds: Mapping[Subject, Bonds]) -> str:
    if co_viewed(seed.id, product.id, bonds):
        return f"looked at beside {seed.title}"
    return (
        f"like {seed.title}, of the same brand"
        if product.brand and product.brand == seed.brand
        else f"like {seed.title}"
    )
