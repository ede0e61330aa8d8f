"""A feature: events of one type that satisfy the same conditions, with as many of them as its leaves need."""

import json
from dataclasses import dataclass, replace
from typing import Final

from pydantic import TypeAdapter

from shopbell.domain.clock import Instant
from shopbell.domain.part import PartName, Take, part_of
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.segments.cuts import Cut

_WHERE: Final[TypeAdapter[tuple[Condition, ...]]] = TypeAdapter(tuple[Condition, ...])


@dataclass(frozen=True, slots=True)
class Feature:
    """Leaves that ask the same of events share one column of the ledger, which keeps what any of them needs."""

    event: str
    where: tuple[Condition, ...]
    cut: Cut
    between: tuple[Instant, Instant] | None = None
    """Elements outside of it never enter (ruling 3)."""
    of: str | None = None
    """The field whose value the elements carry; of items, of those that satisfy the conditions on items."""
    take: Take = "at"

    @property
    def part(self) -> PartName:
        return part_of(self.event)

    @property
    def question(self) -> str:
        """Canonical text of all but how much is kept: what two features with one column have in common."""
        return self._text(Cut(oldest=self.cut.oldest))

    @property
    def key(self) -> str:
        """Canonical text, from which `from_key` makes the same feature again."""
        return self._text(self.cut)

    def joined(self, other: "Feature") -> "Feature":
        """Of two with the same question: the one that serves both."""
        return replace(self, cut=self.cut | other.cut)

    def _text(self, cut: Cut) -> str:
        where = sorted({json.dumps(row.model_dump(mode="json"), sort_keys=True) for row in self.where})
        shape = {
            "event": self.event,
            "where": [json.loads(row) for row in where],
            "keep": cut.spelled,
            "between": self.between,
            "of": self.of,
            "take": self.take if self.take != "at" else None,
        }
        return json.dumps(
            {name: value for name, value in shape.items() if value}, sort_keys=True, separators=(",", ":")
        )


def from_key(key: str) -> Feature:
    """The feature that a stored key stands for."""
    shape = json.loads(key)
    between = shape.get("between")
    return Feature(
        shape["event"],
        _WHERE.validate_json(json.dumps(shape.get("where", []))),
        Cut(**{name: type(getattr(Cut(), name))(value) for name, value in shape.get("keep", {}).items()}),
        None if between is None else (between[0], between[1]),
        shape.get("of"),
        shape.get("take", "at"),
    )


def presence(event: str) -> Feature:
    """All orders of a type: a report that matches no feature must still win over one that does (ruling 2)."""
    return Feature(event, (), Cut(every=True), take="order")
