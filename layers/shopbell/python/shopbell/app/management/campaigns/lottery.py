"""How many of those who can be reached are drawn where a campaign goes to so many and no more (`delivery.lots`)."""

from collections import Counter
from collections.abc import Iterable
from math import ceil, exp, sqrt
from statistics import NormalDist
from typing import Final

from shopbell.domain.ids import StoreId, VisitorId, visitor_shard
from shopbell.domain.sampling import Estimate

_MANY: Final = 50.0
"""From so many people in a shard on their number is as good as normally distributed."""
_NORMAL: Final = NormalDist()
_Z: Final = 1.959963984540054
"""Of the normal distribution: 95 % lie within."""


def drawn_of(store: StoreId, people: Iterable[VisitorId], most: int, shards: int) -> float:
    """Of these very people, on average over the runs there could be: each shard gives its share and no more."""
    counts = Counter(visitor_shard(store, who, shards) for who in people)
    return sum(
        likely * min(there, share) for there in counts.values() for share, likely in _shares(most, shards) if likely
    )


def drawn_about(people: int, most: int, shards: int) -> float:
    """Of so many who are spread over the shards by chance."""
    return shards * sum(likely * _least(people / shards, share) for share, likely in _shares(most, shards) if likely)


def part_of(people: Estimate, among: int, drawn: float) -> Estimate:
    """Of `drawn` out of `among` people as many as there are of `people` in them; the lot widens the interval."""
    if drawn >= among or not among:
        return people
    share = drawn / among
    rate = min(1.0, people.value / among)
    spread = _Z * sqrt(drawn * rate * (1 - rate) * (1 - share))
    value = round(people.value * share)
    low, high = int(people.low * share - spread), ceil(people.high * share + spread)
    return Estimate(value, max(0, min(low, value)), max(min(high, people.high), value))


def _shares(most: int, shards: int) -> tuple[tuple[int, float], ...]:
    """How many a shard may give, and how likely: which ones have one more is another one in each run."""
    each, more = divmod(most, shards)
    return (each, 1 - more / shards), (each + 1, more / shards)


def _least(mean: float, share: int) -> float:
    """What is expected of the smaller of `share` and a Poisson number."""
    if mean > _MANY:
        wide = sqrt(mean)
        z = (share - mean) / wide
        return mean - wide * (_NORMAL.pdf(z) - z * (1 - _NORMAL.cdf(z)))
    found, chance, below = 0.0, exp(-mean), 0.0
    for number in range(share):
        below += chance
        found += max(0.0, 1 - below)
        chance *= mean / (number + 1)
    return found
