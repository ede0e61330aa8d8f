"""Prices as feeds write them: `49.00 EUR` in whole units, or a whole number of minor units."""

import re
from typing import Final

_PRICE: Final = re.compile(
    r"(?:(?P<before>[A-Z]{3})\s*)?(?P<whole>\d{1,12})(?:\.(?P<part>\d{1,6}))?(?:\s*(?P<after>[A-Z]{3}))?", re.ASCII
)
_DIGITS: Final = 2
_NONE: Final = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_WORDS: Final = "must be a price such as 49.00 EUR, or a whole number of minor units"


def digits_of(currency: str) -> int:
    """After the point, by ISO 4217."""
    if currency in _NONE:
        return 0
    return 3 if currency in _THREE else _DIGITS


def price_of(text: str, currency: str) -> tuple[int, str]:
    """Minor units and their currency; `currency` where the text names none.

    With a currency or a point it is in whole units; a bare whole number is in minor units, as everywhere else.
    ValueError says what it must be.
    """
    found = _PRICE.fullmatch(text.strip())
    if found is None or (found["before"] and found["after"]):
        raise ValueError(_WORDS)
    named = found["before"] or found["after"]
    if named is None and found["part"] is None:
        return int(found["whole"]), currency
    digits, part = digits_of(named or currency), found["part"] or ""
    if part[digits:].strip("0"):
        raise ValueError(f"must have at most {digits} digits after the point in {named or currency}")
    return int(found["whole"] + part[:digits].ljust(digits, "0")), named or currency
