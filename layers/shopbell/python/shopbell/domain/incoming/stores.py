"""Settings of a store, as its owner changes them."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from shopbell.domain.clock import DAY, Duration, parse_duration
from shopbell.domain.errors import Rejected
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.segments import Title
from shopbell.domain.incoming.texts import CurrencyText, DurationText, LanguageText, Many, Short, ZoneText
from shopbell.domain.origins import check_origin
from shopbell.domain.push.vapid import check_subject

MAX_ORIGINS: Final = 20
MAX_HALF_LIFE: Final[Duration] = 3_650 * DAY


def _check_contact(text: str) -> None:
    try:
        check_subject(text)
    except Rejected as exc:
        raise ValueError(exc.problems[0].message) from None


def _check_half_life(text: str) -> None:
    if not DAY <= parse_duration(text) <= MAX_HALF_LIFE:
        raise ValueError("must be P1D to P3650D")


Origin = Annotated[str, AfterValidator(checked(check_origin))]
Domain = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]


class StorePatchIn(Incoming):
    """Body of PATCH /v1/store: what is left out stays."""

    name: Title | None = None
    contact: Annotated[str, AfterValidator(checked(_check_contact))] | None = None
    time_zone: ZoneText | None = None
    currency: CurrencyText | None = None
    language: LanguageText | None = None
    origins: Annotated[Many[Origin], Field(max_length=MAX_ORIGINS)] | None = None
    click_domains: Annotated[Many[Domain], Field(max_length=MAX_ORIGINS)] | None = None
    revenue_source: Literal["any", "server"] | None = None
    affinity_half_life: Annotated[DurationText, AfterValidator(checked(_check_half_life))] | None = None
    sending: Literal["on", "paused"] | None = None
    prompt: Annotated[dict[Short, Annotated[str, Field(max_length=2_000)]], Field(max_length=MAX_ORIGINS)] | None = (
        None
    )
