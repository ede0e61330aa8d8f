"""Which products of the catalogue a scenario may show, as a marketer narrows them down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.events import Json

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
        """ValueError says what is wrong."""
        if not isinstance(given, Mapping):
            raise ValueError('must be an object such as {"category": ["Outdoor/Boots"]}')  # noqa: TRY004
        unknown = sorted(given.keys() - _READ.keys())
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no filter: {', '.join(_READ)} are")
        return {name: _READ[name](name, value) for name, value in given.items()}

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "filters"}


def _names(name: str, given: Json) -> Json:
    """A single one may stand alone."""
    names = (given,) if isinstance(given, str) else given
    fits = isinstance(names, Sequence) and 1 <= len(names) <= MAX_NAMES
    if not fits or not all(isinstance(one, str) and 1 <= len(one) <= MAX_NAME for one in names):  # type: ignore[union-attr]
        raise ValueError(f"`{name}` must be 1 to {MAX_NAMES} texts")
    return tuple(names)  # type: ignore[arg-type]


def _price(name: str, given: Json) -> Json:
    if not isinstance(given, Mapping) or not given or not given.keys() <= {"min", "max"}:
        raise ValueError(f'`{name}` must be {{"min": …, "max": …}} in minor units')
    if not all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in given.values()):
        raise ValueError(f"`{name}` takes whole numbers of minor units")
    low, high = given.get("min"), given.get("max")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        raise ValueError(f"`{name}.min` must be at most `max`")
    return dict(given)


def _flag(name: str, given: Json) -> Json:
    if not isinstance(given, bool):
        raise ValueError(f"`{name}` must be true or false")  # noqa: TRY004 - of the input, not of code
    return given


def _percent(name: str, given: Json) -> Json:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= MAX_PERCENT:
        raise ValueError(f"`{name}` must be a whole number of per cent from 0 to {MAX_PERCENT}")
    return given


_READ: Final[Mapping[str, Callable[[str, Json], Json]]] = {
    "category": _names,
    "brand": _names,
    "label": _names,
    "price": _price,
    "in_stock": _flag,
    "min_discount": _percent,
}
