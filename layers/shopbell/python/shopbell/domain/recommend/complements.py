"""Complementary products: what is bought together with the seeds, ranked by how sure that is (never by lift)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.ids import ProductId
from shopbell.domain.recommend.bonds import Bonds, Relation, Subject, leaves
from shopbell.domain.recommend.deeds import shallow
from shopbell.domain.recommend.lists import WINDOWS, Known, Ranked, Shelf
from shopbell.domain.recommend.sellers import leaf, sold
from shopbell.domain.recommend.taste import Taste

SUPPORT: Final = 20
"""How often two things must have gone together to say anything."""
SUPPORT_OF_FEW: Final = 5
"""The same of a subject that was bought less than FEW times."""
FEW: Final = 500
SUBSTITUTES: Final = 100
"""Two of one kind stand in for each other, unless they were bought together so often."""
PERSONAL: Final = 0.3
"""What the visitor's own leaning counts beside a confidence."""
KINDS: Final = 5
"""Kinds of things that stand in where the products themselves say too little."""
_WINDOW: Final = WINDOWS.index(30)
_PER_CENT: Final = 100


def complementary(taste: Taste, shelf: Shelf, *, bundle_first: bool) -> Iterator[Ranked]:
    """The shop's own bundle, then what was bought with the seeds themselves, then what goes with their kinds."""
    taken: set[ProductId] = set(shelf.known.seeds)
    groups = {one.group_id for one in shelf.known.seeds.values() if one.group_id}
    ways = (*((_bundled,) if bundle_first else ()), _together, _by_kind)
    for way in ways:
        for one in way(taste, shelf):
            if one.product.id not in taken and one.product.group_id not in groups:
                taken.add(one.product.id)
                yield one


def partners(known: Known) -> Sequence[ProductId]:
    """Products that may be picked beside the lists of the kinds."""
    found = confidences(known.bonds, "bought", known.seeds)
    best = sorted(found, key=lambda name: (-found[name], name))
    return [*(other for one in known.seeds.values() for other in one.bundle), *map(ProductId, best)]


def kinds_beside(taste: Taste, known: Known) -> Sequence[str]:
    """The categories whose lists stand in."""
    return [path for path, _ in ranked_kinds(known.bonds, kinds_of(known), leaning(taste))[:KINDS]]


def ranked_kinds(
    bonds: Mapping[Subject, Bonds], seeds: Sequence[str], liked: Callable[[str], float]
) -> Sequence[tuple[str, float]]:
    """Kinds of things that go with those of the seeds and are none of them, the surest first, equals by name."""
    found = confidences(bonds, "category", seeds)
    scored = {path: sure + PERSONAL * liked(path) for path, sure in found.items() if path not in seeds}
    return sorted(scored.items(), key=lambda row: (-row[1], row[0]))


def co_bought(known: Known) -> Sequence[str]:
    """The kinds of things that were bought most often beside those of the seeds, however seldom that was."""
    kinds, often = kinds_of(known), dict[str, float]()
    for kind in kinds:
        for path, times in known.bonds.get(Subject("category", kind), Bonds(0)).partners.items():
            if path not in kinds:
                often[path] = often.get(path, 0.0) + times
    return sorted(often, key=lambda path: (-often[path], path))[:KINDS]


def confidences(bonds: Mapping[Subject, Bonds], relation: Relation, seeds: Iterable[str]) -> Mapping[str, float]:
    """Of each partner of the seeds, summed over them: in which part of what the seed was in it was as well."""
    found: dict[str, float] = {}
    for seed in seeds:
        known = bonds.get(Subject(relation, seed))
        if known is not None and known.count > 0:
            for name, often in known.partners.items():
                if round(often) >= support(known):  # what was counted yesterday has faded by a hair already
                    found[name] = found.get(name, 0.0) + often / known.count
    return found


def support(known: Bonds) -> float:
    return SUPPORT if known.count >= FEW else SUPPORT_OF_FEW


def kinds_of(known: Known) -> Sequence[str]:
    return list(dict.fromkeys(path for one in known.seeds.values() for path in leaves(one)))


def leaning(taste: Taste) -> Callable[[str], float]:
    return lambda path: taste.categories.get(shallow(path), 0.0)


def _bundled(_: Taste, shelf: Shelf) -> Iterator[Ranked]:
    for seed in shelf.known.seeds.values():
        for place, name in enumerate(seed.bundle):
            product = shelf.open(name)
            if product is not None:
                yield Ranked(product, 1.0 / (place + 1), f"in the shop's own bundle with {seed.title}")


def _together(taste: Taste, shelf: Shelf) -> Sequence[Ranked]:
    seeds, like = shelf.known.seeds, leaning(taste)
    found = []
    for name, sure in confidences(shelf.known.bonds, "bought", seeds).items():
        product = shelf.open(ProductId(name))
        if product is not None and not _substitutes(product, shelf.known):
            liked = max(map(like, product.categories), default=0.0)
            found.append(Ranked(product, sure + PERSONAL * liked, _said(name, shelf.known)))
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def _substitutes(product: Product, known: Known) -> bool:
    """Of one kind with a seed, and not bought beside it so often that they belong together after all."""
    mine = set(leaves(product))
    alike = [one.id for one in known.seeds.values() if not mine.isdisjoint(leaves(one))]
    return bool(alike) and _most(product.id, known, alike)[1] < SUBSTITUTES


def _most(name: str, known: Known, seeds: Iterable[ProductId]) -> tuple[ProductId, float, float]:
    """The seed that it goes with most: how often, and in which part of its orders."""
    rows = [(seed, known.bonds.get(Subject("bought", seed), Bonds(0))) for seed in seeds]
    said = [(seed, row.partners.get(name, 0.0), row.partners.get(name, 0.0) / (row.count or 1)) for seed, row in rows]
    return max(said, key=lambda row: (row[2], row[0]))


def _said(name: str, known: Known) -> str:
    seed, _, sure = _most(name, known, known.seeds)
    return f"in {max(round(sure * _PER_CENT), 1)} % of the orders with {known.seeds[seed].title}"


def _by_kind(taste: Taste, shelf: Shelf) -> Iterator[Ranked]:
    """The best sold of each kind in turn, the surest kind first."""
    kinds = kinds_of(shelf.known)
    found = ranked_kinds(shelf.known.bonds, kinds, leaning(taste))[:KINDS]
    tops = [(path, sure, sold(shelf, path, "orders", _WINDOW)[0]) for path, sure in found]
    with_ = leaf(kinds[0]) if kinds else ""
    for place in range(max((len(rows) for _, _, rows in tops), default=0)):
        for path, sure, rows in tops:
            if place < len(rows):
                yield Ranked(rows[place][0], sure / (place + 1), f"{leaf(path)} goes with {with_}")
