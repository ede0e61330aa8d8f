"""What is known of one person as orders are attributed: the rows of their ids, and what a batch says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shopbell.domain.attribution.facts import NOTHING, Facts
from shopbell.domain.attribution.standing import Standing
from shopbell.domain.ids import VisitorId


@dataclass(frozen=True, slots=True)
class Known:
    """The rows of the ids of one person, as they were read."""

    versions: Mapping[VisitorId, int]
    standings: Mapping[VisitorId, Standing]

    def facts(self, who: VisitorId) -> Facts:
        standing = self.standings.get(who)
        return NOTHING if standing is None else standing.facts

    def pending(self, person: VisitorId) -> Sequence[VisitorId]:
        """The ids whose facts are to be taken along."""
        return [one for one, row in self.standings.items() if not row.read or (one != person and not row.whose)]

    def joining(self, person: VisitorId) -> Sequence[VisitorId]:
        """Of these, those that counted for themselves."""
        return [one for one, row in self.standings.items() if one != person and row.whose is None]

    def apart(self, person: VisitorId) -> bool:
        """Whether an id has a row of its own that is to be the person's, be it only just begun."""
        return bool(self.joining(person))


@dataclass(slots=True)
class Wish:
    """What a batch says of one person: the ids that it says it under, and the facts."""

    ids: set[VisitorId] = field(default_factory=set)
    facts: list[Facts] = field(default_factory=list)

    @property
    def clicked(self) -> bool:
        return any(one.clicks for one in self.facts)
