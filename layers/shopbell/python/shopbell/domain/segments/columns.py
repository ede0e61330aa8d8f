"""Where the features of live rules lie in a ledger, for the leaves that read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shopbell.domain.clock import Instant
from shopbell.domain.ledger import Part, PartName
from shopbell.domain.profile import Profile
from shopbell.domain.segments.feature import Feature, from_key

Instants = tuple[Instant, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One feature's elements in any profile; `bit` is also what an event touches."""

    name: PartName
    bit: int

    def part(self, profile: Profile) -> Part:
        return profile.ledger.part(self.name)

    def instants(self, profile: Profile) -> Instants:
        """When its elements happened, oldest first."""
        return self.part(profile).instants(self.bit)

    @property
    def reader(self) -> Callable[[Profile], Instants]:
        """`instants`, as fast as it can be."""
        bit = self.bit
        match self.name:
            case "P":
                return lambda profile: profile.ledger.p.instants(bit)
            case "L":
                return lambda profile: profile.ledger.l.instants(bit)
            case "V":
                return lambda profile: profile.ledger.v.instants(bit)


@dataclass(frozen=True, slots=True)
class Columns:
    """All features of the live rules, by what they ask."""

    places: Mapping[str, int]

    def of(self, feature: Feature) -> Column:
        """KeyError if no live rule needs it."""
        return Column(feature.part, self.places[feature.question])


def columns(bits: Mapping[str, int]) -> Columns:
    """From stored feature keys and their numbers."""
    return Columns({from_key(key).question: bit for key, bit in bits.items()})


def answers(bits: Mapping[str, int], feature: Feature) -> bool:
    """Whether the ledgers of a store hold all that this feature needs."""
    known = {each.question: each for each in map(from_key, bits)}.get(feature.question)
    return known is not None and known.cut.covers(feature.cut)
