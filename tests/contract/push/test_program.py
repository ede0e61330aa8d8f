"""`shopbell pushd` as somebody runs it: a process, its two ports, its file of trust, its lines."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import urllib3
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

CAN_WAIT: Final = 30


@dataclass
class Program:
    process: "subprocess.Popen[str]"
    told: dict[str, str]

    def call(self, method: str, path: str, body: object = None, expect: int = 200, **headers: str) -> Any:
        data = None if body is None else json.dumps(body)
        answer = urllib3.request(method, self.told["control"] + path, body=data, headers=headers, retries=False)
        assert answer.status == expect, answer.data
        return answer.json() if answer.data[:1] == b"{" else answer.data

    def stop(self) -> list[dict[str, Any]]:
        """The rest of its lines."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=CAN_WAIT)
        return [json.loads(line) for line in out.splitlines()]


@contextmanager
def started(folder: Path) -> Iterator[Program]:
    command = [sys.executable, "-m", "shopbell.local.cli", "pushd", "--json", "--port", "0", "--control-port", "0"]
    process = subprocess.Popen([*command, "--folder", str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Program(process, json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with started(tmp_path) as running:
        yield running


def subscribe(program: Program, pair: VapidPair, service: str, **more: object) -> list[Any]:
    wanted = {"service": service, "vapid_public_key": pair.public_key, **more}
    return list(program.call("POST", "/v1/subscriptions", wanted, expect=201)["items"])


def sender_to(program: Program) -> CurlTransport:
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


def test_messages_to_every_service_are_delivered_and_can_be_read_back(program: Program) -> None:
    pair = generate()
    services = ("fcm", "mozilla", "apple", "wns")
    people = [one for service in services for one in subscribe(program, pair, service, count=5)]
    assert len({one["endpoint"] for one in people}) == len({one["keys"]["p256dh"] for one in people}) == 20
    sender = sender_to(program)
    for _ in range(2):
        assert {answer.status for _, answer in sender.post(letters(people, pair, now()))} == {201}
    found = program.call("GET", "/v1/messages?limit=100")["items"]
    assert [(one["subscription"], one["times"], one["tag"]) for one in found] == [
        (person["id"], 2, "tag") for person in people
    ]
    assert [one["service"] for one in found] == [service for service in services for _ in range(5)]
    summary = program.call("GET", "/v1/summary")
    assert (summary["posts"], summary["messages"], summary["duplicates"], summary["wrong"]) == (40, 20, 20, {})
    end = program.stop()[-1]
    assert (end["event"], end["statuses"]) == ("end", {f"{service} 201": 10 for service in services})


def test_faults_are_switched_while_it_runs(program: Program) -> None:
    pair = generate()
    (person,) = subscribe(program, pair, "wns")
    sender = sender_to(program)
    rules = [{"kind": "throttled", "retry_after": 900, "times": 1}, {"kind": "gone", "subscriptions": [person["id"]]}]
    program.call("PUT", "/v1/faults", rules)
    answers = [answer for _ in range(2) for _, answer in sender.post(letters([person], pair, now()))]
    assert [(answer.status, answer.headers.get("retry-after")) for answer in answers] == [(406, "900"), (410, None)]
    assert [one["met"] for one in program.call("GET", "/v1/faults")["items"]] == [1, 1]
    program.call("PUT", "/v1/faults", [])
    spoilt = letters([person], generate(), now())
    assert [answer.status for _, answer in sender.post(spoilt)] == [403]
    assert [one["wrong"] for one in program.call("GET", "/v1/wrong")["items"]] == ["key_mismatch"]
    assert program.call("DELETE", "/v1/messages")["posts"] == 0


def test_keys_that_somebody_else_made_are_taken(program: Program) -> None:
    mine = new_receiver()
    raw = mine.private.private_numbers().private_value.to_bytes(32, "big")
    keys = [{"private_key": encode(raw), "auth": mine.to_json()["auth"]}]
    (made,) = subscribe(program, generate(), "mozilla", keys=keys)
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
def test_a_fault_that_there_is_not_is_named(program: Program, body: object, path: list[object]) -> None:
    answer = program.call("PUT", "/v1/faults", body, expect=422)
    assert [one["path"] for one in answer["problems"]] == [path]


def test_pages_of_a_browser_are_kept_out(program: Program) -> None:
    program.call("GET", "/v1/summary", None, 403, Origin="https://evil.example")
    program.call("GET", "/v1/summary", None, 403, Host="rebound.example")


def test_whoever_trusts_its_authority_need_not_start_anew(tmp_path: Path) -> None:
    said = []
    for _ in range(2):
        with started(tmp_path) as program:
            said.append(Path(program.told["SHOPBELL_PUSH_CA"]).read_bytes())
            assert program.stop()[-1]["event"] == "end"
    assert said[0] == said[1]
