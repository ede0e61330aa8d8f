"""Which products of the catalogue a scenario may show, as a marketer narrows them down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.scenarios.kinds import WrongInsideError

MAX_NAMES: Final = 20
MAX_PERCENT: Final = 100
MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """`{"category": ["Outdoor/Boots"], "brand": ["Acme"], "label": ["new"], "price": {"min": 1000, "max": 9900},
    "in_stock": true, "min_discount": 20}`: all that are given must hold, of a list any one.
    """

    name: str
    help: str
    default: Mapping[str, Json] = field(default_factory=dict)

    def read(self, given: Json) -> Mapping[str, Json]:
        """ValueError says what is wrong, WrongInsideError also where."""
        if not isinstance(given, Mapping):
            raise ValueError('must be an object such as {"category": ["Outdoor/Boots"]}')  # noqa: TRY004
        unknown = sorted(given.keys() - _READ.keys())
        if unknown:
            raise WrongInsideError(unknown[0], f"is no filter: {', '.join(_READ)} are")
        return {name: _READ[name](name, value) for name, value in given.items()}

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "filters"}


def _names(name: str, given: Json) -> Json:
    """A single one may stand alone."""
    names = (given,) if isinstance(given, str) else given
    if not isinstance(names, Sequence) or not 1 <= len(names) <= MAX_NAMES:
        raise WrongInsideError(name, f"must be 1 to {MAX_NAMES} texts")
    for place, one in enumerate(names):
        if not isinstance(one, str) or not 1 <= len(one) <= MAX_NAME:
            where = name if isinstance(given, str) else f"{name}.{place}"
            raise WrongInsideError(where, f"must be a text of 1 to {MAX_NAME} characters")
    return tuple(names)


def _price(name: str, given: Json) -> Json:
    if not isinstance(given, Mapping) or not given:
        raise WrongInsideError(name, 'must be {"min": …, "max": …} in minor units')
    for end, one in given.items():
        if end not in {"min", "max"}:
            raise WrongInsideError(f"{name}.{end}", "is not known: `min` and `max` are")
        if not isinstance(one, int) or isinstance(one, bool) or one < 0:
            raise WrongInsideError(f"{name}.{end}", "must be a whole number of minor units")
    low, high = given.get("min"), given.get("max")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        raise WrongInsideError(f"{name}.min", "must be at most `max`")
    return dict(given)


def _flag(name: str, given: Json) -> Json:
    if not isinstance(given, bool):
        raise WrongInsideError(name, "must be true or false")
    return given


def _percent(name: str, given: Json) -> Json:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= MAX_PERCENT:
        raise WrongInsideError(name, f"must be a whole number of per cent from 0 to {MAX_PERCENT}")
    return given


_READ: Final[Mapping[str, Callable[[str, Json], Json]]] = {
    "category": _names,
    "brand": _names,
    "label": _names,
    "price": _price,
    "in_stock": _flag,
    "min_discount": _percent,
}
