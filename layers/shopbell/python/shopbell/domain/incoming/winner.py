"""How a winner among variants is found, as a marketer writes it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from shopbell.domain.clock import DAY, HOUR, parse_duration
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.texts import DurationText
from shopbell.domain.winner import Metric, Otherwise, WinnerTest


def _not_yet(value: object) -> object:
    if value == "thompson":
        raise ValueError("`thompson` (weights that follow what works) comes with a later release: use `test`")
    return value


def _check_after(text: str) -> None:
    if not HOUR <= parse_duration(text) <= 7 * DAY:
        raise ValueError("must be PT1H to P7D")


class WinnerIn(Incoming):
    """So many per cent of the audience get all `variants`; `after` that the others get the one that did better.

    `otherwise`: what they get if none did, by more than chance.
    """

    method: Annotated[Literal["test"], BeforeValidator(_not_yet)]
    metric: Metric
    test_percent: Annotated[int, Field(ge=1, le=99)]
    after: Annotated[DurationText, AfterValidator(checked(_check_after))] = "PT24H"
    otherwise: Otherwise = "keep_split"

    @property
    def value(self) -> WinnerTest:
        return WinnerTest(self.metric, self.test_percent, parse_duration(self.after), self.otherwise)
