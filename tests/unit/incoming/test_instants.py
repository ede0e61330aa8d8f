"""Instants are written as RFC 3339 says, whatever the year; what is planned with lies well inside the calendar."""

import pytest
from shopbell.domain.clock import DAY, MAX_DURATION, format_instant, parse_instant, read_instant

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
    assert read_instant(text) == (instant, None)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "1899-12-31T23:59:59.999Z",
        "1900-01-01T00:00:00+00:01",
        "8999-12-31T23:59:59-00:01",
        "9000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:00-14:00",
    ],
)
def test_an_instant_at_the_edge_of_the_calendar_is_none_to_plan_with(text: str) -> None:
    with pytest.raises(ValueError, match="must be in the years 1900 to 8999"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["1900-01-01T00:00:00Z", "8999-12-31T23:59:59.999Z", "1899-12-31T23:00:00-01:00"])
def test_every_other_can_be_written_and_so_can_what_lies_a_window_away(text: str) -> None:
    instant, _ = parse_instant(text)
    assert parse_instant(format_instant(instant)) == (instant, None)
    for away in (-MAX_DURATION, -DAY, DAY, MAX_DURATION):
        assert read_instant(format_instant(instant + away)) == (instant + away, None)
