"""One management call inside another: before each of its calls of a port in turn, somebody else does something."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.management_uses import management

from tests.functions.http.office import Office
from tests.functions.http.world import Answered

Act = Callable[[Office], Answered]
_GROUPS: Final = ("keys", "work", "listing", "messages", "goods", "coupons", "webhooks", "queues")
_BESIDE: Final = frozenset(
    {"random", "now", "rates", "side_by_side", "limit", "loopback", "leads", "recommend", "pair", "pair_of"}
)
"""What is the same whoever comes in between."""


@dataclass
class Meter:
    """Counts calls of ports, and lets somebody in before one of them."""

    at: int
    let_in: Callable[[], None]
    calls: int = 0

    def tick(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            self.let_in()

    @property
    def came(self) -> bool:
        return self.calls >= self.at


class Door:
    """A port behind a meter."""

    def __init__(self, port: Any, meter: Meter) -> None:
        self._port, self._meter = port, meter

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return _metered(found, self._meter) if callable(found) else found


def _metered(call: Any, meter: Meter) -> Any:
    def through(*args: Any, **named: Any) -> Any:
        meter.tick()
        return call(*args, **named)

    return through


def _doors(ports: Any, meter: Meter) -> Any:
    """The same ports, each behind the meter; a group of ports is a dataclass whose name says so."""
    changed: dict[str, Any] = {}
    for one in fields(ports):
        value = getattr(ports, one.name)
        if one.name in _BESIDE or one.name in {"recommend", "pair", "pair_of"}:
            continue
        changed[one.name] = (
            _doors(value, meter) if one.name in _GROUPS and is_dataclass(value) else Door(value, meter)
        )
    return replace(ports, **changed)


@dataclass
class Met:
    """How it went when the other came before that call of a port."""

    at: int
    office: Office
    outer: Answered
    inner: Answered


def interleaved(prepared: Callable[[], Office], outer: Act, inner: Act) -> Iterator[Met]:
    """Every place at which `inner` can come into `outer`, each in a world of its own."""
    at = 0
    while True:
        at += 1
        office = prepared()
        plain = office.management
        came: list[Answered] = []

        def let_in(office: Office = office, plain: HttpApi = plain, came: list[Answered] = came) -> None:
            behind, office.management = office.management, plain
            came.append(inner(office))
            office.management = behind

        meter = Meter(at, let_in)
        office.management = HttpApi(management(_doors(office.ports(), meter)).routes())
        answer = outer(office)
        office.management = plain
        if not meter.came:
            return
        yield Met(at, office, answer, came[0])
