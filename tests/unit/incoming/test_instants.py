"""Instants are written as RFC 3339 says, whatever the year."""

import pytest
from shopbell.domain.clock import format_instant, parse_instant

CASES = (
    ("0001-01-01T00:00:00Z", -62_135_596_800_000),
    ("0099-12-31T23:59:59.999Z", -59_011_459_200_001),
    ("0622-07-16T12:00:00Z", -42_521_803_200_000),
    ("1969-12-31T23:59:59.999Z", -1),
    ("1970-01-01T00:00:00Z", 0),
    ("2026-09-21T14:13:20.007Z", 1_790_000_000_007),
    ("9999-12-31T23:59:59Z", 253_402_300_799_000),
)


@pytest.mark.parametrize(("text", "instant"), CASES, ids=[text for text, _ in CASES])
def test_an_instant_has_four_digits_of_year_and_reads_back(text: str, instant: int) -> None:
    assert format_instant(instant) == text
    assert parse_instant(text) == (instant, None)
