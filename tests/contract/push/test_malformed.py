"""What breaks a rule is refused by each service with its own status, and is written down under one name."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from shopbell.adapters.webpush.keys import generate, load_private
from shopbell.domain.clock import DAY, HOUR, SECOND
from shopbell.domain.push.values import PushRequest
from shopbell.local.pushd.authority import Authority
from shopbell.local.pushd.checks import MAX_BODY
from shopbell.local.pushd.personalities import PERSONALITIES
from shopbell.local.pushd.server import Server

from tests.contract.push.conftest import NOW, Shop, shop_at

FCM, MOZILLA, APPLE, WNS = PERSONALITIES
Spoil = Callable[[Shop, PushRequest], PushRequest]
ALL_400: Final = {FCM: 400, MOZILLA: 400, APPLE: 400, WNS: 400}
ALL_401: Final = {FCM: 401, MOZILLA: 401, APPLE: 401, WNS: 401}
ALL_413: Final = {FCM: 413, MOZILLA: 413, APPLE: 413, WNS: 413}
BAD_JWT: Final = {FCM: 403, MOZILLA: 401, APPLE: 403, WNS: 403}
OTHER_KEY: Final = {FCM: 403, MOZILLA: 401, APPLE: 400, WNS: 403}


def header(name: str, value: str | None) -> Spoil:
    def spoil(_: Shop, request: PushRequest) -> PushRequest:
        kept = {key: said for key, said in request.headers.items() if key != name}
        return PushRequest(request.url, kept if value is None else {**kept, name: value}, request.body)

    return spoil


def body(change: Callable[[bytes], bytes]) -> Spoil:
    return lambda _, request: PushRequest(request.url, request.headers, change(request.body))


def token(**changes: object) -> Spoil:
    """Signed with the right key, but it says something else; None: it does not say it at all."""

    def spoil(shop: Shop, request: PushRequest) -> PushRequest:
        said = {"aud": shop.origin, "exp": (NOW + HOUR) // SECOND, "sub": "mailto:ops@shop.example", **changes}
        signed = _signed(shop, {name: value for name, value in said.items() if value is not None})
        return header("Authorization", f"vapid t={signed},k={shop.pair.public_key}")(shop, request)

    return spoil


def _signed(shop: Shop, claims: Mapping[str, object]) -> str:
    text = ".".join(_base64url(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    der = load_private(shop.pair.private_pem).sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    return f"{text}.{_base64url(b''.join(number.to_bytes(32, 'big') for number in decode_dss_signature(der)))}"


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(shop: Shop, request: PushRequest) -> PushRequest:
    """One character of the claims is another than was signed."""
    said = request.headers["Authorization"]
    middle = said.index(".") + 20
    changed = "A" if said[middle] != "A" else "B"
    return header("Authorization", said[:middle] + changed + said[middle + 1 :])(shop, request)


CASES: Final[Mapping[str, tuple[Spoil, str, Mapping[str, int]]]] = {
    "no authorization": (header("Authorization", None), "no_vapid", ALL_401),
    "another scheme": (header("Authorization", "Bearer x"), "no_vapid", ALL_401),
    "a forged token": (forged, "bad_jwt", BAD_JWT),
    "no token at all": (header("Authorization", "vapid t=a.b.c,k=AAAA"), "bad_jwt", BAD_JWT),
    "another audience": (token(aud="https://push.example"), "bad_jwt", BAD_JWT),
    "no audience": (token(aud=None), "bad_jwt", BAD_JWT),
    "a token that is over": (token(exp=NOW // SECOND), "bad_jwt", BAD_JWT),
    "a token for longer than a day": (token(exp=(NOW + DAY) // SECOND + 60), "bad_jwt", BAD_JWT),
    "no contact": (token(sub=None), "bad_jwt", BAD_JWT),
    "a contact with a space": (token(sub="mailto: ops@shop.example"), "bad_jwt", BAD_JWT),
    "a contact at localhost": (token(sub="mailto:ops@localhost"), "bad_jwt", BAD_JWT),
    "a contact that is no address": (token(sub="ops@shop.example"), "bad_jwt", BAD_JWT),
    "no TTL": (header("TTL", None), "bad_ttl", ALL_400),
    "a TTL below nothing": (header("TTL", "-1"), "bad_ttl", ALL_400),
    "a TTL beyond a month": (header("TTL", "2592001"), "bad_ttl", ALL_400),
    "an unknown urgency": (header("Urgency", "now"), "bad_urgency", ALL_400),
    "a topic of 33 characters": (header("Topic", "x" * 33), "bad_topic", ALL_400),
    "a topic that is no base64url": (header("Topic", "a b"), "bad_topic", ALL_400),
    "the old encoding": (header("Content-Encoding", "aesgcm"), "bad_encoding", ALL_400),
    "no encoding": (header("Content-Encoding", None), "bad_encoding", ALL_400),
    "no sender's point": (body(lambda sealed: sealed[:20] + b"\0" + sealed[21:]), "bad_encoding", ALL_400),
    "a point off the curve": (body(lambda sealed: sealed[:22] + bytes(64) + sealed[86:]), "bad_encoding", ALL_400),
    "two records": (body(lambda sealed: sealed[:16] + b"\0\0\0\x12" + sealed[20:]), "bad_encoding", ALL_400),
    "an empty body": (body(lambda _: b""), "bad_encoding", ALL_400),
    "a body of 4,097 bytes": (body(lambda sealed: sealed.ljust(MAX_BODY + 1, b"x")), "too_large", ALL_413),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("host", PERSONALITIES)
def test_what_breaks_a_rule_is_refused(server: Server, authority: Authority, host: str, case: str) -> None:
    spoil, wrong, statuses = CASES[case]
    shop = shop_at(server, authority, host)
    (request,) = shop.requests([shop.subscribe()])
    (answer,) = shop.post([spoil(shop, request)])
    assert answer.status == statuses[host], answer
    (note,) = server.service.book.notes
    assert (note.wrong, note.status) == (wrong, answer.status)
    assert not server.service.deliveries


@pytest.mark.parametrize("host", PERSONALITIES)
def test_another_key_is_refused_in_three_ways(server: Server, authority: Authority, host: str) -> None:
    shop = shop_at(server, authority, host)
    (answer,) = shop.post(shop.requests([shop.subscribe()], pair=generate()))
    assert answer.status == OTHER_KEY[host]
    assert server.service.book.wrongs == {"key_mismatch": 1}


@pytest.mark.parametrize(
    ("host", "changes", "wrong"),
    [(APPLE, {"Topic": "x" * 13}, "bad_topic"), (WNS, {"TTL": "0"}, "bad_ttl")],
)
def test_two_services_ask_for_more(
    server: Server, authority: Authority, host: str, changes: dict[str, str], wrong: str
) -> None:
    for there in PERSONALITIES:
        shop = shop_at(server, authority, there)
        (request,) = shop.requests([shop.subscribe()])
        (answer,) = shop.post([PushRequest(request.url, {**request.headers, **changes}, request.body)])
        assert answer.status == (400 if there == host else 201)
    assert server.service.book.wrongs == {wrong: 1}


def test_a_salt_and_a_key_that_served_before_are_noticed(shop: Shop) -> None:
    (request,) = shop.requests([shop.subscribe()])
    assert [answer.status for answer in shop.post([request]) + shop.post([request])] == [201, 201]
    assert shop.server.service.book.wrongs == {"key_repeated": 1}
    salted = PushRequest(
        request.url, request.headers, request.body[:16] + shop.requests([shop.subscribe()])[0].body[16:]
    )
    shop.post([salted])
    assert shop.server.service.book.wrongs == {"key_repeated": 1, "salt_repeated": 1, "unreadable": 1}
