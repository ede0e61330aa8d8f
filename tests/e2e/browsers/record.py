"""What a stand-in saw, in order, for a test to ask about."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fact:
    kind: str
    fields: Mapping[str, object]

    def __getitem__(self, name: str) -> object:
        return self.fields[name]


@dataclass(slots=True)
class Record:
    facts: list[Fact] = field(default_factory=list)

    def add(self, kind: str, **fields: object) -> None:
        self.facts.append(Fact(kind, fields))

    def of(self, kind: str, **wanted: object) -> list[Fact]:
        """The facts of this kind whose fields have the wanted values."""
        return [
            fact
            for fact in list(self.facts)
            if fact.kind == kind and all(fact.fields.get(name) == value for name, value in wanted.items())
        ]
