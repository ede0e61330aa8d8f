"""What a sample of visitors says of all of them: an estimate with the interval that the truth lies in."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, hypot, log, sqrt
from typing import Final

SAMPLE: Final = 384
"""Visitors of a sample: at 95 % and in the worst case ± 5 points of a share (ruling 25)."""
COUNTED: Final = 2_048
"""Hashes that the size of a store is read from: all of them up to here, else ± 4.4 % at 95 %."""
_Z: Final = 1.959963984540054
"""Of the normal distribution: 95 % lie within."""
_HASH_BITS: Final = 128


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of visitors; the interval holds the truth 19 times out of 20. Both ends equal: it is exact."""

    value: int
    low: int
    high: int

    @property
    def exact(self) -> bool:
        return self.low == self.high


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share: Wilson, Probable Inference, the Law of Succession, and Statistical
    Inference, Journal of the American Statistical Association 22 (1927), page 209. Of nothing: anything.
    """
    if of == 0:
        return 0.0, 1.0
    share, spread = hits / of, _Z * _Z / of
    middle = share + spread / 2
    half = _Z * sqrt(share * (1 - share) / of + spread / (4 * of))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    # at the ends they are 0 and 1, which floating point misses by a hair
    return (0.0 if hits == 0 else low), (1.0 if hits == of else high)


def everyone(count: int) -> Estimate:
    """A store of which every visitor was counted."""
    return Estimate(count, count, count)


def population(lowest: Sequence[bytes]) -> Estimate:
    """How many visitors there are, of whom these hashes (16 bytes each, evenly spread) are the lowest.

    The k-th lowest of n hashes lies about k / n into their range: (k - 1) / place is unbiased (Beyer et al., On
    Synopses for Distinct-Value Estimation, SIGMOD 2007). n × place follows a gamma distribution of shape k, whose
    quantiles are those of chi-square with 2 k degrees, halved (Wilson and Hilferty, PNAS 17 (1931), page 684).
    """
    k = len(lowest)
    place = (int.from_bytes(max(lowest), "big") + 1) / 2**_HASH_BITS
    low, high = (_gamma(k, z) / place for z in (-_Z, _Z))
    value = round((k - 1) / place)
    return Estimate(max(value, k), max(round(low), k), max(round(high), k))


def scaled(hits: int, taken: int, size: Estimate) -> Estimate:
    """Of `size` visitors, of whom `taken` were looked at and `hits` qualified.

    Both uncertainties together, as relative widths (Zou and Donner, Construction of confidence limits about effect
    measures, Statistics in Medicine 27 (2008), page 1693); never outside of what was seen itself.
    """
    if size.exact and taken == size.value:
        return everyone(hits)
    if not taken:
        return Estimate(0, 0, size.high)
    low, high = wilson(hits, taken)
    # with no hit there is no share to be relative to: then the ends of both are multiplied
    share = hits / taken or high
    below = 0.0 if not hits else exp(-hypot(log(share / low), log(size.value / size.low)))
    above = exp(hypot(log(high / share), log(size.high / size.value)))
    middle = share * size.value
    value = round(middle) if hits else 0
    missed = taken - hits
    least, most = min(hits, value), max(size.high - missed, value)
    return Estimate(value, max(int(middle * below), least), min(-int(-middle * above // 1), most))


def of_shards(found: int, read: int, of: int) -> Estimate:
    """How many there are in `of` shards, `read` of which hold so many: whose hash lies in which is chance.

    The ends are those of a Poisson mean, which is a little wider than what is true of a part of a whole (Garwood,
    Fiducial Limits for the Poisson Distribution, Biometrika 28 (1936), page 437).
    """
    if read == of:
        return everyone(found)
    whole = of / read
    value = round(found * whole)
    low = int(_gamma(found, -_Z) * whole) if found else 0
    return Estimate(value, max(found, min(low, value)), max(ceil(_gamma(found + 1, _Z) * whole), value))


def within(row: Estimate, low: int, high: int | None = None) -> Estimate:
    """The same where it is known for sure that there are no fewer and no more.

    A sample that lies beside all that is possible leaves just that: it never reads as if everyone had been counted.
    Counts that contradict each other, since one is behind, are where the truth lies between.
    """
    if high is None:
        high = row.high if row.high > low else low + row.high - row.low
    first, most = min(low, high), max(low, high)
    value, least, last = (min(max(one, first), most) for one in (row.value, row.low, row.high))
    return Estimate(value, first, most) if least == last and not row.exact else Estimate(value, least, last)


def _gamma(shape: int, z: float) -> float:
    return float(shape * (1 - 1 / (9 * shape) + z / (3 * sqrt(shape))) ** 3)
