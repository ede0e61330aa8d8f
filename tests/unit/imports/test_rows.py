"""Lines of other providers' files: their names for things are understood, and each value is checked as ever."""

from typing import Any

import pytest
from shopbell.domain.clock import parse_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import subscription_id
from shopbell.domain.imports.rows import ImportedRow, fault, imported, tells_endpoint
from shopbell.domain.push.endpoints import KNOWN_SERVICES

NOW = parse_instant("2026-03-02T12:00:00Z")[0]
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc:def"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
KEYS = {"p256dh": P256DH, "auth": AUTH}
PLAIN = {"endpoint": ENDPOINT, **KEYS}


def read(**raw: Any) -> ImportedRow:
    return imported(raw, KNOWN_SERVICES, NOW)


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN,
        {"endpoint": ENDPOINT, "expirationTime": None, "keys": KEYS},
        {"subscription": {"endpoint": ENDPOINT, "keys": KEYS}},
        {"Subscription": f'{{"endpoint": "{ENDPOINT}", "keys": {{"p256dh": "{P256DH}", "auth": "{AUTH}"}}}}'},
        {"endpoint": ENDPOINT, "keys": f'{{"p256dh": "{P256DH}", "auth": "{AUTH}"}}'},
        {"id": "7", "identifier": ENDPOINT, "web_p256": f"{P256DH}=", "web_auth": f"{AUTH}==", "tags": "{}"},
        {"Push Endpoint": f" {ENDPOINT} ", "keys.p256dh": P256DH, "keys.auth": AUTH},
    ],
    ids=["plain", "toJSON", "nested", "JSON in a column", "keys in a column", "app export", "other names"],
)
def test_every_usual_form_is_the_same_subscription(raw: dict[str, Any]) -> None:
    found = imported(raw, KNOWN_SERVICES, NOW)
    assert found == read(**PLAIN)
    assert (found.endpoint.url, found.endpoint.service, len(found.keys.auth)) == (ENDPOINT, "fcm", 16)


def test_who_is_named_nobody_has_an_id_that_comes_of_the_endpoint() -> None:
    assert read(**PLAIN).visitor == f"imported-{subscription_id(ENDPOINT)}" == read(**PLAIN, visitor_id="").visitor


@pytest.mark.parametrize(
    ("said", "visitor"),
    [
        ({"visitor_id": "ann"}, "ann"),
        ({"customer_id": "42"}, "c:42"),
        ({"external_user_id": "42"}, "c:42"),
        ({"user_id": 42}, "c:42"),
        ({"visitor_id": "ann", "customer_id": "42"}, "c:42"),
    ],
    ids=["visitor", "customer", "external", "number", "both"],
)
def test_who_is_named_is_kept(said: dict[str, Any], visitor: str) -> None:
    assert read(**PLAIN, **said).visitor == visitor


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2024-05-01T12:30:00Z", "2024-05-01T12:30:00Z"),
        ("2024-05-01T14:30:00+02:00", "2024-05-01T12:30:00Z"),
        ("2024-05-01 12:30:00 UTC", "2024-05-01T12:30:00Z"),
        ("2024-05-01 12:30:00.123", "2024-05-01T12:30:00Z"),
        (1714566600, "2024-05-01T12:30:00Z"),
        ("1714566600000", "2024-05-01T12:30:00Z"),
    ],
    ids=["rfc", "offset", "spaced", "fraction", "seconds", "milliseconds"],
)
def test_when_they_subscribed_is_read_in_the_usual_forms(said: str | int, at: str) -> None:
    assert read(**PLAIN, created_at=said).subscribed_at == parse_instant(at)[0]


def test_language_zone_and_topics_are_read_and_what_says_nothing_is_passed_over() -> None:
    found = read(**PLAIN, language="pt_BR", timezone="Europe/Berlin", topics="sale, news|sale")
    assert (found.language, found.time_zone, found.topics) == ("pt-BR", "Europe/Berlin", ("news", "sale"))
    assert read(**PLAIN, timezone=-28800).time_zone is None
    for offset in ("+02:00", "GMT+2", "UTC-05:30", "Z", "+0200"):
        assert read(**PLAIN, timezone=offset).time_zone is None
    assert read(**PLAIN, locale="en_US.UTF-8").language == "en-US"
    for moment in (1_714_560_000.5, "1714560000.25"):
        assert read(**PLAIN, created_at=moment).subscribed_at == 1_714_560_000_000
    assert read(**PLAIN, timezone="3600", topics=["sale"]).topics == ("sale",)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": None}, "endpoint"),
        ({"endpoint": "https://evil.example/x"}, "endpoint"),
        ({"endpoint": "http://fcm.googleapis.com/x"}, "endpoint"),
        ({"endpoint": "https://127.0.0.1/x"}, "endpoint"),
        ({"p256dh": None}, "p256dh"),
        ({"p256dh": P256DH[:-2] + "AA"}, "p256dh"),
        ({"p256dh": "+" + P256DH[1:]}, "p256dh"),
        ({"auth": AUTH[:-3]}, "auth"),
        ({"visitor_id": "a b"}, "visitor_id"),
        ({"customer_id": "x" * 200}, "customer_id"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"language": "English"}, "language"),
        ({"subscribed_at": "yesterday"}, "subscribed_at"),
        ({"subscribed_at": "2027-01-01T00:00:00Z"}, "subscribed_at"),
        ({"topics": ["x" * 65]}, "topics"),
        ({"topics": {}}, "topics"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_named_by_its_field_and_never_quoted(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as caught:
        read(**{**PLAIN, **change})
    said = fault(caught.value)
    assert said.startswith(field) or said.split(":")[0].isdigit()
    assert ENDPOINT not in said
    assert P256DH[:20] not in said


@pytest.mark.parametrize(
    ("names", "told"),
    [(["Identifier"], True), (["subscription"], True), (["p256dh", "auth"], False), ([], False)],
    ids=["export", "json", "no endpoint", "none"],
)
def test_a_file_tells_by_its_columns_whether_it_can_hold_subscriptions(names: list[str], told: bool) -> None:
    assert tells_endpoint(names) is told
