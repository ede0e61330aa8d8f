"""How long after a click an order is the message's doing, as a scenario is told it."""

from collections.abc import Mapping
from dataclasses import dataclass

from shopbell.domain.attribution.windows import check_window
from shopbell.domain.clock import Duration, parse_duration
from shopbell.domain.events import Json
from shopbell.domain.scenarios.kinds import WrongInsideError

NAME = "attribution"


@dataclass(frozen=True, slots=True)
class ClickWindow:
    """`{"click": "P3D"}`, or null for the store's own."""

    name: str = NAME
    help: str = "How long after a click on a message an order is due to it; null: as the store says."
    default: Mapping[str, Json] | None = None

    def read(self, given: Json) -> Mapping[str, Json] | None:
        if given is None:
            return None
        if not isinstance(given, Mapping) or given.keys() != {"click"}:
            raise ValueError('must be {"click": …} or null')
        click = given["click"]
        if not isinstance(click, str):
            raise WrongInsideError("click", "must be an ISO 8601 duration such as P3D")
        try:
            check_window(click)
        except ValueError as exc:
            raise WrongInsideError("click", str(exc)) from None
        return {"click": click}

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "attribution", "nullable": True}


def window_of(value: Json) -> Duration | None:
    """Of the parameter as it holds."""
    return parse_duration(str(value["click"])) if isinstance(value, Mapping) else None
