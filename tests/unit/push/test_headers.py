"""Headers: always a TTL and an urgency in bounds, and a topic that every service takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.push.headers import MAX_TTL, MIN_TTL, bounded_ttl, message_headers, topic_of

NOW = 1_800_000_000_000


@pytest.mark.parametrize(
    ("wanted", "left", "ttl"),
    [
        (DAY, 7 * DAY, DAY),
        (DAY, HOUR, HOUR),
        (0, DAY, MINUTE),
        (-5, DAY, MINUTE),
        (DAY, 0, MINUTE),
        (DAY, -DAY, MINUTE),
        (400 * DAY, 400 * DAY, 28 * DAY),
    ],
)
def test_the_ttl_never_outlives_the_run_and_stays_in_bounds(wanted: int, left: int, ttl: int) -> None:
    assert bounded_ttl(wanted, now=NOW, ends_at=NOW + left) == ttl


@given(st.integers(), st.integers())
def test_any_ttl_is_between_a_minute_and_28_days(wanted: int, ends_at: int) -> None:
    assert MIN_TTL <= bounded_ttl(wanted, now=NOW, ends_at=ends_at) <= MAX_TTL
    assert 60 <= int(message_headers("vapid", wanted, "normal")["TTL"]) <= 2_419_200


@given(st.text())
def test_a_topic_is_32_hex_characters_that_base64_could_have(key: str) -> None:
    topic = topic_of(key)
    assert len(topic) == 32
    assert set(topic) <= set("0123456789abcdef")


def test_a_topic_is_the_same_for_the_same_key_alone() -> None:
    assert topic_of("run") == topic_of("run") != topic_of("run2")


def test_all_headers_are_there_and_a_topic_only_where_one_is_given() -> None:
    plain = message_headers("vapid t=a,k=b", DAY, "high")
    assert plain == {
        "Authorization": "vapid t=a,k=b",
        "TTL": "86400",
        "Urgency": "high",
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
    }
    assert message_headers("v", DAY, "high", "abc")["Topic"] == "abc"
