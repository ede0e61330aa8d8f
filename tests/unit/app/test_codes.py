"""Codes: read from what shops write, and made so that nobody can tell one from another."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.codes import check_pattern, csv_lines, digest, given_in, made_from, read_codes


@pytest.mark.parametrize(
    ("pattern", "right"),
    [
        ("WELCOME-{8}", True),
        ("{6}", True),
        ("A_{32}.b", True),
        ("WELCOME", False),
        ("{8}-{8}", False),
        ("{5}", False),
        ("{33}", False),
        ("A B{8}", False),
        ("A" * 60 + "{8}", False),
        ("{8}/", False),
    ],
)
def test_a_pattern_has_one_place_of_chance_and_makes_codes(pattern: str, *, right: bool) -> None:
    assert (check_pattern(pattern) is None) is right


@given(st.integers(6, 32), st.integers())
def test_made_codes_differ_and_are_read_as_codes(size: int, seed: int) -> None:
    made = made_from(f"X-{{{size}}}", 50, Random(seed).randbytes)  # noqa: S311 - so that a failure comes again
    read = read_codes(made)
    assert (len(read.codes), read.repeated, read.wrong) == (50, 0, ())
    assert all(len(code) == size + 2 for code in made)


def test_one_repeated_by_chance_is_made_again() -> None:
    drawn = iter([bytes(6), bytes(6), bytes([1] * 6)])
    assert made_from("{6}", 2, lambda _: next(drawn)) == ("AAAAAA", "BBBBBB")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("code\nA\nB\n", ["A", "B"]),
        ("A,1\r\n\r\nB,2", ["A", "B"]),
        ('\ufeffCoupon_Code;x\n"A"', ["Coupon_Code;x", "A"]),
        ("", []),
    ],
)
def test_a_csv_gives_its_first_column(text: str, lines: list[str]) -> None:
    assert list(csv_lines(text)) == lines


def test_letter_case_and_margins_tell_no_codes_apart() -> None:
    assert digest(" abc ") == digest("ABC") != digest("ABD")
    assert list(given_in("A1, b2;C3  d4")) == ["A1", "b2", "C3", "d4"]
    assert list(given_in(" ,;")) == []
