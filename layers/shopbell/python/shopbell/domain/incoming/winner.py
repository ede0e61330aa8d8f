"""How a winner among variants is found, as a marketer writes it."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from shopbell.domain.clock import DAY, HOUR, parse_duration
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.texts import DurationText
from shopbell.domain.winner import Metric, Otherwise, Weighing, WinnerTest

DEFAULT_AFTER: Final = "PT24H"
Search = tuple[WinnerTest | None, Weighing | None]
"""At most one of both."""


def _check_after(text: str) -> None:
    if not HOUR <= parse_duration(text) <= 7 * DAY:
        raise ValueError("must be PT1H to P7D")


class WinnerIn(Incoming):
    """`test`: so many per cent of the audience get all `variants`; `after` that the others get the one that did
    better. `otherwise`: what they get if none did, by more than chance.

    `thompson`: of what comes again, each run gives more people what did better before. It has a `metric` and no more.
    """

    method: Literal["test", "thompson"]
    metric: Metric
    test_percent: Annotated[int | None, Field(ge=1, le=99, validate_default=True)] = None
    after: Annotated[DurationText, AfterValidator(checked(_check_after))] | None = None
    otherwise: Otherwise | None = None

    @field_validator("test_percent")
    @classmethod
    def _asked_for(cls, percent: int | None, info: ValidationInfo) -> int | None:
        if percent is None and info.data.get("method") == "test":
            raise PydanticCustomError("missing", "is required")
        return percent

    @field_validator("test_percent", "after", "otherwise")
    @classmethod
    def _of_a_test(cls, given: object, info: ValidationInfo) -> object:
        if given is not None and info.data.get("method") == "thompson":
            raise ValueError("goes with `test` alone: `thompson` decides anew for each run")
        return given

    @property
    def search(self) -> Search:
        if self.method == "thompson" or self.test_percent is None:
            return None, Weighing(self.metric)
        after = parse_duration(self.after or DEFAULT_AFTER)
        return WinnerTest(self.metric, self.test_percent, after, self.otherwise or "keep_split"), None


def search_of(given: WinnerIn | None) -> Search:
    """Nothing is looked for where nothing was said."""
    return (None, None) if given is None else given.search
