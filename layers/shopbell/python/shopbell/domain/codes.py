"""The codes themselves: how they are read and compared, and how unpredictable ones are made from a pattern."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import VisitorId

CodeState = Literal["free", "assigned", "redeemed"]
MAX_CODE: Final = 64
MAX_MADE: Final = 100_000
MIN_RANDOM: Final = 6
MAX_RANDOM: Final = 32
_CODE: Final = re.compile(r"[\w.+-]{1,64}")
_PLACE: Final = re.compile(r"\{(\d{1,2})\}")
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 that nobody takes for one another, so that each byte of chance has its place: 5 bits a letter."""
_BETWEEN: Final = re.compile(r"[,;\s]+")
_HEADINGS: Final = frozenset({"code", "codes", "coupon", "coupon_code"})


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a pool as its owner sees it."""

    code: str = field(repr=False)
    visitor: VisitorId | None = None
    assigned_at: Instant | None = None
    expires_at: Instant | None = None
    order: str | None = None
    """The order it was redeemed with."""

    @property
    def state(self) -> CodeState:
        if self.order is not None:
            return "redeemed"
        return "free" if self.visitor is None else "assigned"


@dataclass(frozen=True, slots=True)
class StoredCode:
    """`upload` is what brought it; `mark` is the message that it went with."""

    seen: Code
    upload: str
    mark: bytes = b""
    buyer: VisitorId | None = None


@dataclass(frozen=True, slots=True)
class Redemption:
    """An order that names a code."""

    code: str = field(repr=False)
    order: str
    buyer: VisitorId
    at: Instant


@dataclass(frozen=True, slots=True)
class Read:
    """`codes` without repeats, in their order; `wrong` lines by their number, from 1."""

    codes: tuple[str, ...] = field(repr=False)
    repeated: int
    wrong: tuple[int, ...]


def digest(code: str) -> str:
    """32 hex characters that are the same however it is spelled: shops and customers care little for case."""
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()[:32]


def given_in(coupon: str) -> Sequence[str]:
    """The codes of an order's `coupon`, which may name several."""
    return [one for one in _BETWEEN.split(coupon) if _CODE.fullmatch(one)]


def read_codes(lines: Iterable[object]) -> Read:
    """From a list, as it was given."""
    found: dict[str, str] = {}
    wrong: list[int] = []
    repeated = 0
    for number, line in enumerate(lines, 1):
        code = line.strip() if isinstance(line, str) else ""
        if not _CODE.fullmatch(code):
            wrong.append(number)
        elif digest(code) in found:
            repeated += 1
        else:
            found[digest(code)] = code
    return Read(tuple(found.values()), repeated, tuple(wrong))


def csv_lines(text: str) -> Sequence[str]:
    """The first column of each row that has one; a heading that names it is left out. Rejected names the line."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        lines = [row[0] for row in rows if row and row[0].strip()]
    except csv.Error as error:
        raise Rejected.at("csv", f"line {rows.line_num} cannot be read: {error}") from error
    return lines[1:] if lines and lines[0].strip().lower() in _HEADINGS else lines


def check_pattern(pattern: str) -> str | None:
    """What is wrong with it; None: nothing. It names one place for 6 to 32 letters, such as `WELCOME-{8}`."""
    places = _places(pattern)
    if len(places) != 1 or not MIN_RANDOM <= places[0] <= MAX_RANDOM:
        return f"must have one place such as {{8}}, of {MIN_RANDOM} to {MAX_RANDOM} letters"
    made = _PLACE.sub("A" * places[0], pattern)
    return None if _CODE.fullmatch(made) else f"must make codes of letters, digits and . + - _, at most {MAX_CODE}"


def made_from(pattern: str, count: int, random: Callable[[int], bytes]) -> tuple[str, ...]:
    """So many different codes of a right pattern; nobody can tell one from the others."""
    (size,) = _places(pattern)
    found: dict[str, None] = {}
    while len(found) < count:
        letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in random(size))
        found[_PLACE.sub(letters, pattern)] = None
    return tuple(found)


def _places(pattern: str) -> list[int]:
    return [int(size) for size in _PLACE.findall(pattern)]
