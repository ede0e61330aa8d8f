"""Instants and durations: integers of milliseconds inside, RFC 3339 and ISO 8601 at the edge."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

Instant = int
"""Milliseconds since 1970-01-01T00:00:00Z."""
Duration = int
"""Milliseconds."""
Clock = Callable[[], Instant]

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_RFC3339: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_DURATION: Final = re.compile(
    r"P(?=\d|T\d)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII
)
_UNITS: Final = (7 * DAY, DAY, HOUR, MINUTE, SECOND)
MAX_DURATION: Final = 20_000 * DAY
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 8999
"""Of all that is planned, limited or asked for: a window, a delay or a time zone away from them is still a date."""
_YEARS: Final = f"must be in the years {FIRST_YEAR} to {LAST_YEAR}"


def parse_instant(text: str) -> tuple[Instant, int | None]:
    """As read_instant, of the years FIRST_YEAR to LAST_YEAR in UTC: format_instant can write it, and what is near."""
    instant, offset = read_instant(text)
    if not _EARLIEST <= instant < _TOO_LATE:
        raise ValueError(_YEARS)
    return instant, offset


def read_instant(text: str) -> tuple[Instant, int | None]:
    """RFC 3339 to (instant, UTC offset in minutes as written; None for Z). ValueError names what is wrong.

    Of any year, so that what a stranger wrote can be compared; in UTC it may be none that a calendar has.
    """
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError("must be an RFC 3339 instant such as 2026-01-31T12:00:00Z")
    day, clock, fraction, zone = found.groups()
    utc = zone in "Zz"
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if utc else zone}")
    except ValueError as exc:
        raise ValueError(f"is no instant: {exc}") from exc
    millis = int((fraction or "0").ljust(3, "0")[:3])
    offset = moment.utcoffset()
    minutes = None if utc or offset is None else int(offset.total_seconds()) // 60
    return int(moment.timestamp()) * SECOND + millis, minutes


def format_instant(instant: Instant) -> str:
    """RFC 3339 in UTC, with milliseconds only where there are any."""
    moment = datetime.fromtimestamp(instant // SECOND, UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    millis = instant % SECOND
    return f"{moment}.{millis:03d}Z" if millis else f"{moment}Z"


def check_year(year: int) -> None:
    """ValueError for a year in which nothing is planned, limited or asked for."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(_YEARS)


def parse_duration(text: str) -> Duration:
    """ISO 8601 weeks to seconds (`P30D`, `PT2H`). Months and years are refused: their length is not fixed."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError("must be an ISO 8601 duration of weeks, days, hours, minutes, seconds such as P30D or PT2H")
    length = sum(int(amount) * unit for amount, unit in zip(found.groups(), _UNITS, strict=True) if amount)
    if length > MAX_DURATION:
        raise ValueError("must be at most P20000D")
    return length


def format_duration(duration: Duration) -> str:
    """The shortest ISO 8601 form in days, hours, minutes, seconds."""
    days, rest = divmod(duration, DAY)
    parts = [f"{rest // HOUR}H" if rest >= HOUR else ""]
    parts.append(f"{rest % HOUR // MINUTE}M" if rest % HOUR >= MINUTE else "")
    parts.append(f"{rest % MINUTE // SECOND}S" if rest % MINUTE >= SECOND else "")
    clock = "".join(parts)
    if not days and not clock:
        return "PT0S"
    return f"P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"


def _begins(year: int) -> Instant:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * SECOND


_EARLIEST: Final = _begins(FIRST_YEAR)
_TOO_LATE: Final = _begins(LAST_YEAR + 1)
