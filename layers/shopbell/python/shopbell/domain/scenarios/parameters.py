"""What a marketer may set for a scenario: each parameter with its type, range, default and help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shopbell.domain.clock import Duration, format_duration, parse_duration
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Json

Urgency = Literal["very-low", "low", "normal", "high"]


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two ends, both included."""

    name: str
    default: int
    low: int
    high: int
    help: str

    def read(self, given: Json) -> int:
        """ValueError says what is wrong, here and below."""
        if not isinstance(given, int) or isinstance(given, bool) or not self.low <= given <= self.high:
            raise ValueError(f"must be a whole number from {self.low} to {self.high}")
        return given


@dataclass(frozen=True, slots=True)
class Length:
    """A duration in ISO 8601, kept as it was written."""

    name: str
    default: str
    low: Duration
    high: Duration
    help: str

    def read(self, given: Json) -> str:
        if not isinstance(given, str):
            raise ValueError("must be an ISO 8601 duration such as P2D")  # noqa: TRY004 - of the input, not of code
        if not self.low <= parse_duration(given) <= self.high:
            raise ValueError(f"must be from {format_duration(self.low)} to {format_duration(self.high)}")
        return given


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    name: str
    default: str
    words: tuple[str, ...]
    help: str

    def read(self, given: Json) -> str:
        if not isinstance(given, str) or given not in self.words:
            raise ValueError(f"must be one of {', '.join(self.words)}")
        return given


Parameter = Whole | Length | Choice
Values = Mapping[str, int | str]
"""Every parameter of a scenario with the value that holds."""


def effective(parameters: Sequence[Parameter], given: Mapping[str, Json]) -> Values:
    """The defaults with what was given over them. Rejected names every parameter that is unknown or out of range."""
    known = {parameter.name: parameter for parameter in parameters}
    problems = [Problem(f"parameters.{name}", "is unknown") for name in given if name not in known]
    values: dict[str, int | str] = {}
    for name, parameter in known.items():
        try:
            values[name] = parameter.read(given[name]) if name in given else parameter.default
        except ValueError as exc:
            problems.append(Problem(f"parameters.{name}", str(exc)))
    if problems:
        raise Rejected(problems)
    return values


def describe(parameter: Parameter) -> Mapping[str, Json]:
    """What a form needs to ask for it."""
    shared: dict[str, Json] = {"name": parameter.name, "default": parameter.default, "help": parameter.help}
    match parameter:
        case Whole():
            return {**shared, "type": "integer", "minimum": parameter.low, "maximum": parameter.high}
        case Length():
            low, high = format_duration(parameter.low), format_duration(parameter.high)
            return {**shared, "type": "duration", "minimum": low, "maximum": high}
        case Choice():
            return {**shared, "type": "choice", "choices": list(parameter.words)}
