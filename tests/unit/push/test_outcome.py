"""Outcomes: every row of the response table, and no answer that could retire a living subscription."""

import json
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import HOUR, MINUTE, SECOND
from shopbell.domain.push.outcome import (
    Accepted,
    Gone,
    KeyMismatch,
    Outcome,
    Redirected,
    Refused,
    Retry,
    TooLarge,
    outcome,
    reason_of,
)
from shopbell.domain.push.values import Failure, PushAnswer

NOW: Final = 1_800_000_000_000
FCM_MISMATCH: Final = (
    "the VAPID credentials in the authorization header do not correspond to the credentials used to create "
    "the subscriptions.\n"
)
MOZILLA_MISMATCH: Final = json.dumps({"code": 401, "errno": 109, "message": "VAPID public key mismatch"})
FCM_PAGE: Final = "<HTML><HEAD><TITLE>UnauthorizedRegistration</TITLE></HEAD><H2>Error 400</H2></HTML>"


def _reason(word: str) -> str:
    return json.dumps({"reason": word})


ROWS: Final[list[tuple[int, str, Outcome]]] = [
    (200, "", Accepted()),
    (201, "", Accepted()),
    (202, "", Accepted()),
    (204, "", Accepted()),
    (299, "", Accepted()),
    (300, "", Redirected(300)),
    (301, "", Redirected(301)),
    (302, "", Redirected(302)),
    (307, "", Redirected(307)),
    (308, "", Redirected(308)),
    (400, _reason("BadWebPushTopic"), Refused(400, "BadWebPushTopic")),
    (400, _reason("BadTtl"), Refused(400, "BadTtl")),
    (400, _reason("VapidPkHashMismatch"), KeyMismatch(400)),
    (400, FCM_PAGE, KeyMismatch(400)),
    (400, "", Refused(400, "400")),
    (401, MOZILLA_MISMATCH, KeyMismatch(401)),
    (401, json.dumps({"message": "Invalid bearer token"}), Refused(401, "Invalid bearer token")),
    (402, "", Refused(402, "402")),
    (403, FCM_MISMATCH, KeyMismatch(403)),
    (403, _reason("VapidPkHashMismatch"), KeyMismatch(403)),
    (403, _reason("BadJwtToken"), Refused(403, "BadJwtToken")),
    (403, "MismatchSenderId", KeyMismatch(403)),
    (404, "", Gone(404)),
    (405, "", Refused(405, "405")),
    (406, "", Retry("throttled")),
    (408, "", Retry("unavailable")),
    (409, "", Refused(409, "409")),
    (410, _reason("Unregistered"), Gone(410)),
    (411, "", Refused(411, "411")),
    (413, "", TooLarge()),
    (415, "", Refused(415, "415")),
    (425, "", Retry("throttled")),
    (429, "", Retry("throttled")),
    (431, "", Refused(431, "431")),
    (500, "", Retry("unavailable")),
    (501, "", Retry("unavailable")),
    (502, "", Retry("unavailable")),
    (503, "", Retry("unavailable")),
    (504, "", Retry("unavailable")),
    (507, "", Retry("unavailable")),
    (599, "", Retry("unavailable")),
]


@pytest.mark.parametrize(
    ("status", "body", "expected"), ROWS, ids=[f"{status} {body[:40]}" for status, body, _ in ROWS]
)
def test_every_row_of_the_table(status: int, body: str, expected: Outcome) -> None:
    assert outcome(PushAnswer(status, body), NOW) == expected


FAILURES: Final[list[tuple[Failure | None, Outcome]]] = [
    ("timeout", Retry("timeout")),
    ("dns", Retry("dns")),
    ("connect", Retry("connect")),
    ("tls", Retry("tls")),
    ("reset", Retry("reset")),
    ("too_large", Retry("too_large")),
    ("refused", Refused(0, "why")),
    (None, Retry("reset")),
]


@pytest.mark.parametrize(("failure", "expected"), FAILURES)
def test_without_an_answer_it_is_tried_again(failure: Failure | None, expected: Outcome) -> None:
    assert outcome(PushAnswer(0, "why", {}, failure), NOW) == expected


def test_an_answer_whose_body_was_cut_counts_as_answered() -> None:
    assert outcome(PushAnswer(201, "x" * 4096, {}, "too_large"), NOW) == Accepted()


@pytest.mark.parametrize("status", [406, 408, 429, 500, 503])
@pytest.mark.parametrize(
    ("value", "after"),
    [
        ("900", 900 * SECOND),
        (" 5 ", 5 * SECOND),
        ("0", 0),
        ("999999999999999999999999", 12 * HOUR),
        (formatdate((NOW + 2 * MINUTE) / SECOND, usegmt=True), 2 * MINUTE),
        (formatdate((NOW - 2 * MINUTE) / SECOND, usegmt=True), 0),
        (formatdate((NOW + 2 * MINUTE) / SECOND), 2 * MINUTE),
        (datetime.fromtimestamp((NOW + 2 * MINUTE) / SECOND, UTC).ctime(), 2 * MINUTE),
        ("Wed, 01 Jan 9999 00:00:00 GMT", 12 * HOUR),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
        ("Wed, 99 Foo 2026 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_honoured_in_seconds_and_as_a_date(status: int, value: str, after: int | None) -> None:
    verdict = outcome(PushAnswer(status, "", {"retry-after": value}), NOW)
    assert isinstance(verdict, Retry)
    assert verdict.after == after


def test_the_words_of_wns_come_from_its_header() -> None:
    answer = PushAnswer(400, "", {"x-wns-error-description": "Ttl value conflicts with X-WNS-Cache-Policy"})
    assert outcome(answer, NOW) == Refused(400, "Ttl value conflicts with X-WNS-Cache-Policy")


def test_a_service_may_say_in_its_header_that_it_wants_another_key() -> None:
    answer = PushAnswer(403, "", {"x-wns-error-description": "VapidPkHashMismatch"})
    assert outcome(answer, NOW) == KeyMismatch(403)


@pytest.mark.parametrize(
    "secret",
    [
        "https://fcm.googleapis.com/fcm/send/canary",
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJjYW5hcnkiOjF9.canary-canary-canary",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-canary-canary",
    ],
)
def test_an_echoed_secret_does_not_reach_the_reason(secret: str) -> None:
    for body in (f"bad token {secret} given", json.dumps({"message": f"no {secret}"})):
        assert "canary" not in reason_of(PushAnswer(400, body))


def test_a_hostile_body_is_only_text() -> None:
    assert outcome(PushAnswer(403, "[" * 4096), NOW) == Refused(403, "[" * 120)


@given(st.integers(100, 999), st.text(max_size=300), st.text(max_size=40))
def test_any_answer_has_one_outcome_and_only_404_and_410_retire(status: int, body: str, after: str) -> None:
    answer = PushAnswer(status, body, {"retry-after": after, "x-wns-error-description": after})
    verdict = outcome(answer, NOW)
    assert isinstance(verdict, Gone) == (status in (404, 410))
    if isinstance(verdict, Refused):
        assert verdict.reason.isascii()
        assert len(verdict.reason) <= 120
