"""`shopbell pushd` as somebody runs it: a process, its two ports, its file of trust, its lines."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from shopbell.adapters.webpush.codec import Aes128GcmCodec
from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.keys import VapidPair, generate
from shopbell.adapters.webpush.transport import CurlTransport, parse_connect_to
from shopbell.adapters.webpush.trust import trusted
from shopbell.adapters.webpush.vapid import SigningKey, VapidSigner
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.push.endpoints import KNOWN_SERVICES, parse_endpoint
from shopbell.domain.push.headers import message_headers, topic_of
from shopbell.domain.push.subscription_keys import encode, parse_receiver_keys
from shopbell.domain.push.values import PushRequest
from shopbell.local.host import now
from shopbell.local.pushd.receivers import new_receiver
from shopbell.local.pushd.remote import Remote, RemoteError, started


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Remote]:
    with started(tmp_path) as running:
        yield running


def sender_to(program: Remote) -> CurlTransport:
    """Led there by what the program says."""
    trust = trusted(Path(program.told["SHOPBELL_PUSH_CA"]))
    return CurlTransport(Limits(trust, parse_connect_to(program.told["SHOPBELL_PUSH_CONNECT"])))


def letters(people: Sequence[Any], pair: VapidPair, at: Instant) -> list[PushRequest]:
    """The same message of ours to each."""
    signer, key = VapidSigner(), SigningKey(pair.private_pem, "mailto:ops@shop.example")
    text = json.dumps({"web_push": 8030, "notification": {"title": "Hello", "tag": "tag"}}).encode()
    found = []
    for one in people:
        endpoint = parse_endpoint(one["endpoint"], KNOWN_SERVICES)
        keys = parse_receiver_keys(one["keys"]["p256dh"], one["keys"]["auth"])
        (body,) = Aes128GcmCodec().encrypt([text], [keys])
        assert isinstance(body, bytes)
        headers = message_headers(signer.authorization(endpoint.origin, key, at), DAY, "normal", topic_of("run"))
        found.append(PushRequest(endpoint.url, headers, body))
    return found


def test_messages_to_every_service_are_delivered_and_can_be_read_back(program: Remote) -> None:
    pair = generate()
    services = ("fcm", "mozilla", "apple", "wns")
    people = [one for service in services for one in program.subscribe(service, pair.public_key, 5)]
    assert len({one["endpoint"] for one in people}) == len({one["keys"]["p256dh"] for one in people}) == 20
    sender = sender_to(program)
    for _ in range(2):
        assert {answer.status for _, answer in sender.post(letters(people, pair, now()))} == {201}
    found = {one["subscription"]: one for one in program.messages()}
    assert found.keys() == {person["id"] for person in people}
    assert {(one["times"], one["tag"]) for one in found.values()} == {(2, "tag")}
    assert [found[person["id"]]["service"] for person in people] == [name for name in services for _ in range(5)]
    summary = program.summary()
    assert (summary["posts"], summary["messages"], summary["duplicates"], summary["wrong"]) == (40, 20, 20, {})
    end = program.stop()[-1]
    assert (end["event"], end["statuses"]) == ("end", {f"{service} 201": 10 for service in services})


def test_faults_are_switched_while_it_runs(program: Remote) -> None:
    pair = generate()
    (person,) = program.subscribe("wns", pair.public_key)
    sender = sender_to(program)
    rules: list[dict[str, object]] = [
        {"kind": "throttled", "retry_after": 900, "times": 1},
        {"kind": "gone", "subscriptions": [person["id"]]},
    ]
    program.switch(rules)
    answers = [answer for _ in range(2) for _, answer in sender.post(letters([person], pair, now()))]
    assert [(answer.status, answer.headers.get("retry-after")) for answer in answers] == [(406, "900"), (410, None)]
    assert [one["met"] for one in program.call("GET", "/v1/faults")["items"]] == [1, 1]
    program.switch([])
    spoilt = letters([person], generate(), now())
    assert [answer.status for _, answer in sender.post(spoilt)] == [403]
    assert [one["wrong"] for one in program.call("GET", "/v1/wrong")["items"]] == ["key_mismatch"]
    assert program.call("DELETE", "/v1/messages")["posts"] == 0


def test_keys_that_somebody_else_made_are_taken(program: Remote) -> None:
    mine = new_receiver()
    raw = mine.private.private_numbers().private_value.to_bytes(32, "big")
    keys = [{"private_key": encode(raw), "auth": mine.to_json()["auth"]}]
    wanted = {"service": "mozilla", "vapid_public_key": generate().public_key, "keys": keys}
    (made,) = program.call("POST", "/v1/subscriptions", wanted)["items"]
    assert made["keys"] == mine.to_json()
    assert program.call("GET", "/v1/subscriptions")["items"] == [made]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([{"kind": "bad luck"}], [0, "kind"]),
        ([{"kind": "gone", "share": 0}], [0, "share"]),
        ([{"kind": "gone", "what": 1}], [0, "what"]),
        ({"kind": "gone"}, []),
    ],
    ids=["kind", "share", "unknown field", "no list"],
)
def test_a_fault_that_there_is_not_is_named(program: Remote, body: object, path: list[object]) -> None:
    with pytest.raises(RemoteError, match="422") as refused:
        program.call("PUT", "/v1/faults", body)
    problems = json.loads(str(refused.value).removeprefix("422 "))["problems"]
    assert [one["path"] for one in problems] == [path]


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "rebound.example"}], ids=str)
def test_pages_of_a_browser_are_kept_out(program: Remote, headers: dict[str, str]) -> None:
    with pytest.raises(RemoteError, match="403"):
        program.call("GET", "/v1/summary", headers=headers)


def test_whoever_trusts_its_authority_need_not_start_anew(tmp_path: Path) -> None:
    said = []
    for _ in range(2):
        with started(tmp_path) as program:
            said.append(Path(program.told["SHOPBELL_PUSH_CA"]).read_bytes())
            assert program.stop()[-1]["event"] == "end"
    assert said[0] == said[1]
