"""Where the features of live rules lie in a ledger, for the leaves that read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.part import Part, PartName
from shopbell.domain.profile import Profile
from shopbell.domain.rules.matching import Locale
from shopbell.domain.segments.deriving import derived_instants, derived_part
from shopbell.domain.segments.feature import Feature, from_key
from shopbell.domain.visits.derived import is_derived
from shopbell.domain.visits.interactions import HALF_LIFE

Instants = tuple[Instant, ...]
PLAIN: Final = Locale()


@dataclass(frozen=True, slots=True)
class Column:
    """One feature's elements in any profile; `bit` is also what an event touches."""

    name: PartName
    bit: int
    derived: Callable[[Profile], Part] | None = None
    """Of events that nobody sends: what takes the place of the ledger."""
    happened: Callable[[Profile], Instants] | None = None
    """The instants alone, where `derived` is given."""

    def part(self, profile: Profile) -> Part:
        return self.derived(profile) if self.derived else profile.ledger.part(self.name)

    def instants(self, profile: Profile) -> Instants:
        """When its elements happened, oldest first."""
        return self.reader(profile)

    @property
    def reader(self) -> Callable[[Profile], Instants]:
        """`instants`, as fast as it can be."""
        bit = self.bit
        if self.happened is not None:
            return self.happened
        match self.name:
            case "P":
                return lambda profile: profile.ledger.p.instants(bit)
            case "L":
                return lambda profile: profile.ledger.l.instants(bit)
            case "V":
                return lambda profile: profile.ledger.v.instants(bit)


@dataclass(frozen=True, slots=True)
class Columns:
    """All features of the live rules, by what they ask, and what of the store leaves are read in."""

    places: Mapping[str, int]
    locale: Locale = PLAIN
    half_life: Duration = HALF_LIFE
    """Of what a visitor cares for."""

    def of(self, feature: Feature) -> Column:
        """KeyError if no live rule needs it."""
        bit = self.places[feature.question]
        if not is_derived(feature.event):
            return Column(feature.part, bit)
        part, instants = derived_part(feature, bit, self.locale), derived_instants(feature, bit, self.locale)
        return Column(feature.part, bit, part, instants)


def columns(bits: Mapping[str, int], locale: Locale = PLAIN, half_life: Duration = HALF_LIFE) -> Columns:
    """From stored feature keys and their numbers."""
    return Columns({from_key(key).question: bit for key, bit in bits.items()}, locale, half_life)


def answers(bits: Mapping[str, int], feature: Feature) -> bool:
    """Whether the ledgers of a store hold all that this feature needs."""
    known = {each.question: each for each in map(from_key, bits)}.get(feature.question)
    return known is not None and known.cut.covers(feature.cut)
