"""What messages brought beyond what would have come anyway: those they were decided for against those held out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.attribution.cells import read_name
from shopbell.domain.attribution.parting import HELD, SQUARES, TREATED
from shopbell.domain.intervals import Interval, mean_of, needed_people, newcombe, ratio, two_means, welch
from shopbell.domain.significance import Amounts, Share, shares_differ

FEWEST_PEOPLE: Final = 100
FEWEST: Final = 10
"""Of each kind in each group: with fewer the intervals do not keep what they promise."""
LIKELY: Final = 5
"""Cochran's rule, which `shares_differ` keeps to."""
_REVENUE: Final = "revenue:"


@dataclass(frozen=True, slots=True)
class Group:
    """Each person counts once, and what they did within the window after the moment of decision."""

    people: int = 0
    buyers: int = 0
    orders: int = 0
    opt_outs: int = 0
    revenue: Mapping[str, int] = field(default_factory=dict)
    """In minor units by currency, less what was given back."""
    squares: Mapping[str, int] = field(default_factory=dict)
    """The squares of each person's, added up."""

    def money(self, currency: str) -> Amounts:
        """Of all people, those who bought nothing with 0."""
        return Amounts(self.revenue.get(currency, 0), self.squares.get(currency, 0), self.people)


@dataclass(frozen=True, slots=True)
class Effect:
    """Treated less held out, with 95 % intervals; `relative`: of the held out's. Not enough: `why`, and no numbers.

    `needed_people`: of both groups together, to find a difference like this one with a power of 0.8; None where
    there is no difference.
    """

    why: str | None = None
    absolute: float | None = None
    interval: Interval | None = None
    relative: float | None = None
    relative_interval: Interval | None = None
    p_value: float | None = None
    needed_people: int | None = None

    @property
    def enough(self) -> bool:
        return self.why is None


@dataclass(frozen=True, slots=True)
class Lift:
    """`percent`: what was held out when these people were told apart."""

    percent: int
    held_out: Group
    treated: Group

    @property
    def conversion(self) -> Effect:
        return self._shares("buyers", self.treated.buyers, self.held_out.buyers)

    @property
    def opt_outs(self) -> Effect:
        return self._shares("opt-outs", self.treated.opt_outs, self.held_out.opt_outs)

    @property
    def revenue(self) -> Mapping[str, Effect]:
        """Per person, by currency."""
        return {name: self._money(name) for name in sorted({*self.treated.revenue, *self.held_out.revenue})}

    def _shares(self, what: str, treated: int, held_out: int) -> Effect:
        people = (self.treated.people, self.held_out.people)
        others = (people[0] - treated, people[1] - held_out)
        lacking = _lacking(what, (treated, held_out)) or _lacking(f"people without {what}", others)
        why = _too_few(people) or lacking or _rare(treated + held_out, people)
        if why is not None:
            return Effect(why)
        one, other = Share(treated, people[0]), Share(held_out, people[1])
        return _effect(mean_of(one), mean_of(other), newcombe(one, other), shares_differ(one, other))

    def _money(self, currency: str) -> Effect:
        people = (self.treated.people, self.held_out.people)
        why = _too_few(people) or _lacking("buyers", (self.treated.buyers, self.held_out.buyers))
        if why is not None:
            return Effect(why)
        one, other = self.treated.money(currency), self.held_out.money(currency)
        return _effect(one, other, welch(one, other), two_means(one, other))


def lift_of(cells: Mapping[str, int], percent: int) -> Lift | None:
    """From cells by their names. Of that percentage, else of the one that most people were told apart by.

    None: nobody was.
    """
    found: dict[int, dict[str, Counter[str]]] = {}
    for name, number in cells.items():
        cell = read_name(name)
        share, _, group = cell.variant.partition(":")
        found.setdefault(int(share), {}).setdefault(group, Counter())[cell.measure] += number
    people = {share: sum(one["people"] for one in groups.values()) for share, groups in found.items()}
    asked = [share for share in (percent, *sorted(people, key=lambda one: (-people[one], one))) if people.get(share)]
    if not asked:
        return None
    groups = found[asked[0]]
    return Lift(asked[0], _group(groups.get(HELD, {})), _group(groups.get(TREATED, {})))


def _group(measures: Mapping[str, int]) -> Group:
    return Group(
        people=measures.get("people", 0),
        buyers=measures.get("buyers", 0),
        orders=measures.get("orders", 0),
        opt_outs=measures.get("opt_outs", 0),
        revenue=_under(_REVENUE, measures),
        squares=_under(SQUARES, measures),
    )


def _under(prefix: str, measures: Mapping[str, int]) -> Mapping[str, int]:
    return {name.removeprefix(prefix): n for name, n in sorted(measures.items()) if name.startswith(prefix) and n}


def _too_few(people: tuple[int, int]) -> str | None:
    few = min(people)
    return None if few >= FEWEST_PEOPLE else f"a group has {few} people, and it takes {FEWEST_PEOPLE} in each"


def _lacking(what: str, found: tuple[int, int]) -> str | None:
    few = min(found)
    return None if few >= FEWEST else f"a group has {few} {what}, and it takes {FEWEST} in each"


def _rare(both: int, people: tuple[int, int]) -> str | None:
    """Where their common rate makes fewer likely in a group than the p-value holds for."""
    likely = min(both, sum(people) - both) * min(people) / sum(people)
    return None if likely >= LIKELY else f"at their common rate one would have {likely:.1f}, and it takes {LIKELY}"


def _effect(one: Amounts, other: Amounts, interval: Interval, p_value: float) -> Effect:
    both = one.total > 0 and other.total > 0
    return Effect(
        absolute=one.mean - other.mean,
        interval=interval,
        relative=one.mean / other.mean - 1 if other.total else None,
        relative_interval=ratio(one, other) if both else None,
        p_value=p_value,
        needed_people=needed_people(one, other),
    )
