"""What a marketer may set for a scenario: each parameter with its type, range, default and help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shopbell.domain.clock import Duration, parse_duration
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Json
from shopbell.domain.scenarios.kinds import WrongInsideError


class Parameter(Protocol):
    """One thing that can be set, of whatever kind."""

    @property
    def name(self) -> str: ...

    @property
    def default(self) -> Json: ...

    @property
    def help(self) -> str:
        """What it means, in a sentence."""

    @property
    def form(self) -> Mapping[str, Json]:
        """What a form needs to ask for it, beside these."""

    def read(self, given: Json) -> Json:
        """The value that holds. ValueError says what is wrong, WrongInsideError where in it."""


@dataclass(frozen=True, slots=True)
class Values:
    """Every parameter of a scenario with the value that holds; read by kind. KeyError for what it has not."""

    all: Mapping[str, Json]

    def whole(self, name: str) -> int:
        found = self.all[name]
        if not isinstance(found, int):
            raise TypeError(f"{name} is no number")
        return found

    def word(self, name: str) -> str:
        found = self.all[name]
        if not isinstance(found, str):
            raise TypeError(f"{name} is no text")
        return found

    def words(self, name: str) -> tuple[str, ...]:
        found = self.all[name]
        if not isinstance(found, Sequence) or isinstance(found, str):
            raise TypeError(f"{name} is no list")
        return tuple(map(str, found))

    def length(self, name: str) -> Duration:
        return parse_duration(self.word(name))

    def lengths(self, name: str) -> tuple[Duration, ...]:
        found = self.all[name]
        if not isinstance(found, Sequence) or isinstance(found, str):
            raise TypeError(f"{name} is no list")
        return tuple(parse_duration(str(one)) for one in found)

    def optional_length(self, name: str) -> Duration | None:
        return None if self.all[name] is None else self.length(name)

    def optional_whole(self, name: str) -> int | None:
        return None if self.all[name] is None else self.whole(name)

    def optional_word(self, name: str) -> str | None:
        return None if self.all[name] is None else self.word(name)

    def is_on(self, name: str) -> bool:
        return self.all[name] is True

    def mapping(self, name: str) -> Mapping[str, Json]:
        found = self.all[name]
        return found if isinstance(found, Mapping) else {}


def effective(parameters: Sequence[Parameter], given: Mapping[str, Json]) -> Values:
    """The defaults with what was given over them. Rejected names every parameter that is unknown or out of range."""
    known = {parameter.name: parameter for parameter in parameters}
    problems = [Problem(f"parameters.{name}", "is unknown") for name in given if name not in known]
    values: dict[str, Json] = {}
    for name, parameter in known.items():
        try:
            values[name] = parameter.read(given[name]) if name in given else parameter.default
        except WrongInsideError as exc:
            problems.append(Problem(f"parameters.{name}.{exc.field}", str(exc)))
        except ValueError as exc:
            problems.append(Problem(f"parameters.{name}", str(exc)))
    if problems:
        raise Rejected(problems)
    return Values(values)


def describe(parameter: Parameter) -> Mapping[str, Json]:
    """What a form needs to ask for it."""
    return {"name": parameter.name, "default": parameter.default, "help": parameter.help, **parameter.form}
