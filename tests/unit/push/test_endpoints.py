"""Endpoints: what browsers hand out passes, and nothing that leads elsewhere does."""

import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.errors import Rejected
from shopbell.domain.push.endpoints import MAX_LENGTH, BadEndpoint, allow, parse_endpoint

HOSTILE: Final[dict[str, list[str]]] = json.loads((Path(__file__).parent / "hostile_endpoints.json").read_text())
URLS: Final = [(group, url) for group, urls in HOSTILE.items() for url in urls]

GOOD: Final = [
    ("https://fcm.googleapis.com/fcm/send/dXQ:APA91b-x_y", "fcm", "https://fcm.googleapis.com"),
    ("https://fcm.googleapis.com/wp/dXQ:APA91b", "fcm", "https://fcm.googleapis.com"),
    ("https://android.googleapis.com/gcm/send/abc", "fcm", "https://android.googleapis.com"),
    ("https://jmt17.google.com/fcm/send/abc", "fcm", "https://jmt17.google.com"),
    (
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "mozilla",
        "https://updates.push.services.mozilla.com",
    ),
    ("https://web.push.apple.com/QGxyz-_1", "apple", "https://web.push.apple.com"),
    ("https://a.b.push.apple.com/QGxyz", "apple", "https://a.b.push.apple.com"),
    (
        "https://wns2-by3p.notify.windows.com/w/?token=BQ%2bA%3d",
        "wns",
        "https://wns2-by3p.notify.windows.com",
    ),
]


def test_the_hostile_table_is_long_enough() -> None:
    assert len({url for _, url in URLS}) >= 200


@pytest.mark.parametrize(("group", "url"), URLS, ids=[f"{group}: {url[:60]!a}" for group, url in URLS])
def test_a_hostile_endpoint_is_refused(group: str, url: str) -> None:
    with pytest.raises(BadEndpoint) as refused:
        parse_endpoint(url)
    assert refused.value.reason, group
    assert isinstance(refused.value, Rejected)
    assert refused.value.problems[0].path == "subscription.endpoint"


@pytest.mark.parametrize(("url", "service", "origin"), GOOD, ids=[good[0] for good in GOOD])
def test_what_browsers_hand_out_passes_unchanged(url: str, service: str, origin: str) -> None:
    endpoint = parse_endpoint(url)
    assert (endpoint.url, endpoint.service, endpoint.origin) == (url, service, origin)


def test_case_of_the_host_and_an_explicit_443_are_normalised_and_nothing_else() -> None:
    endpoint = parse_endpoint("HTTPS://FCM.GoogleApis.com:443/fcm/Send/AbC//../x?Y=Z%2F")
    assert endpoint.url == "https://fcm.googleapis.com/fcm/Send/AbC//../x?Y=Z%2F"


def test_the_longest_endpoint_passes() -> None:
    url = "https://fcm.googleapis.com/".ljust(MAX_LENGTH, "a")
    assert parse_endpoint(url).url == url


def test_the_address_is_in_no_text_that_could_be_logged() -> None:
    endpoint = parse_endpoint("https://fcm.googleapis.com/fcm/send/canary")
    with pytest.raises(BadEndpoint) as refused:
        parse_endpoint("https://evil.example/canary")
    assert "canary" not in f"{endpoint!r} {endpoint.log_name} {refused.value} {refused.value.reason}"
    assert endpoint.log_name.startswith("fcm.googleapis.com#")


EXTRA: Final = (
    "https://127.0.0.1:8443",
    "http://127.0.0.1:8765",
    "push.example.net",
    "*.up.example.org",
    "",
)


@pytest.mark.parametrize(
    ("url", "passes"),
    [
        ("https://127.0.0.1:8443/x", True),
        ("http://127.0.0.1:8765/x", True),
        ("https://push.example.net/x", True),
        ("https://a.up.example.org/x", True),
        ("https://fcm.googleapis.com/x", True),
        ("http://127.0.0.1:8443/x", False),
        ("https://127.0.0.1:8765/x", False),
        ("https://127.0.0.1:8444/x", False),
        ("https://127.0.0.1/x", False),
        ("https://127.0.0.2:8443/x", False),
        ("https://localhost:8443/x", False),
        ("https://127.0.0.1:8443@evil.example/x", False),
        ("https://u@127.0.0.1:8443/x", False),
        ("https://127.0.0.1:08443/x", False),
        ("https://127.1:8443/x", False),
        ("http://push.example.net/x", False),
        ("https://push.example.net:8443/x", False),
        ("https://a.push.example.net/x", False),
        ("https://up.example.org/x", False),
        ("https://xup.example.org/x", False),
    ],
)
def test_configured_hosts_and_origins_are_admitted_to_the_letter(url: str, passes: bool) -> None:
    allowed = allow(EXTRA)
    if passes:
        assert parse_endpoint(url, allowed).url == url
    else:
        with pytest.raises(BadEndpoint):
            parse_endpoint(url, allowed)


def test_an_extra_https_origin_on_443_is_known_by_its_plain_form() -> None:
    endpoint = parse_endpoint("https://127.0.0.1/x", allow(["https://127.0.0.1:443/"]))
    assert (endpoint.origin, endpoint.service) == ("https://127.0.0.1", "other")


@pytest.mark.parametrize(
    "entry",
    [
        "http://push.example.net",
        "http://127.0.0.1",
        "http://127.0.0.2:80",
        "http://localhost:8080",
        "https://127.0.0.1:8443/path",
        "https://u@push.example.net",
        "https://127.1:8443",
        "https://push.example.net:0",
        "ftp://push.example.net",
        "127.0.0.1",
        "localhost",
        "*.com",
        "*",
        "push.example.net:443",
        "a b",
    ],
)
def test_a_configuration_that_would_open_more_than_it_says_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"neither|no https origin"):
        allow([entry])


HOSTS: Final = ("fcm.googleapis.com", "android.googleapis.com", "jmt17.google.com")


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=60))
def test_whatever_passes_leads_to_an_allowed_host(noise: str) -> None:
    for url in (f"https://{noise}fcm.googleapis.com/x", f"https://fcm.googleapis.com{noise}/x"):
        try:
            endpoint = parse_endpoint(url)
        except BadEndpoint:
            continue
        assert endpoint.origin.removeprefix("https://") in HOSTS
        assert endpoint.url.startswith(f"{endpoint.origin}/")
