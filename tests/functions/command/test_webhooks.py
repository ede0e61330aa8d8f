"""`shopbell webhooks`: each command against the real routes, and a secret that is printed once."""

import json
from base64 import b64decode
from typing import Any, Final

import pytest

from tests.functions.command.counter import Counter
from tests.functions.http.office import VIEWER

URL: Final = "https://hooks.shop.example/in"
ADD: Final = ("webhooks", "add", "--url", URL, "--event", "segment.entered", "--event", "segment.exited")


@pytest.fixture
def webhook(counter: Counter) -> str:
    return counter.office.webhook()


def one(counter: Counter, name: str) -> Any:
    return counter.office.manage("GET", f"/v1/webhooks/{name}").json


def secrets(counter: Counter) -> set[str]:
    """As the store keeps them: not as anybody is shown them."""
    return {name for name in counter.office.world.secrets if "/webhook/" in name}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("list", "active"),
        ("show {webhook}", "deliveries"),
        ("show {webhook} --etag", '"1"'),
        ("edit {webhook} {fields}", "description  CRM"),
        ('edit {webhook} {fields} --if-match "1"', "description  CRM"),
        ("disable {webhook}", "disabled"),
        ("enable {webhook}", "active"),
        ("test {webhook}", "message_id  msg_"),
        ("rotate {webhook} --overlap PT1H", "whsec_"),
        ("remove {webhook} --yes", "done"),
    ],
    ids=lambda value: value.partition(" ")[0],
)
def test_a_command_says_what_became_of_it(counter: Counter, webhook: str, words: str, told: str) -> None:
    fields = counter.file("fields.yaml", "description: CRM\n")
    said = counter.done("webhooks", *words.format(webhook=webhook, fields=fields).split())
    assert " ".join(told.split()) in " ".join(said.split())


def test_what_is_added_is_told_of_these_events_and_segments_and_its_secret_is_printed_once(counter: Counter) -> None:
    segment = counter.office.active(name="VIP")
    made = counter.json(*ADD, "--segment", segment, "--description", "CRM")
    assert len(b64decode(made["secret"].removeprefix("whsec_"))) == 32
    assert counter.warned == ""
    kept = {"url": URL, "events": ["segment.entered", "segment.exited"], "segments": [segment], "description": "CRM"}
    assert kept.items() <= one(counter, made["id"]).items()
    for words in (("list",), ("list", "--json"), ("show", made["id"]), ("show", made["id"], "--json")):
        assert "whsec_" not in counter.done("webhooks", *words)


def test_for_people_the_secret_stands_on_the_terminal_alone(counter: Counter) -> None:
    assert counter.done(*ADD).count("whsec_") == 1
    assert "whsec_" not in counter.warned


def test_a_disabled_one_is_switched_off_and_on_again(counter: Counter, webhook: str) -> None:
    counter.done("webhooks", "disable", webhook)
    assert one(counter, webhook)["state"] == "disabled"
    counter.done("webhooks", "enable", webhook)
    assert one(counter, webhook)["state"] == "active"


def test_nothing_is_removed_unless_somebody_says_so(counter: Counter, webhook: str) -> None:
    assert counter.run("webhooks", "remove", webhook) == 1
    assert "repeat with --yes" in counter.warned
    assert one(counter, webhook)["id"] == webhook
    counter.done("webhooks", "remove", webhook, "--yes")
    assert (counter.json("webhooks", "list")["items"], secrets(counter)) == ([], set())


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("add", "--url", "https://10.0.0.7/", "--event", "segment.entered"), 1, "url: must name a public host"),
        (("add", "--url", URL, "--event", "segment.moved"), 2, "choose from"),
        (("add", "--url", URL), 2, "--event"),
        (("add", "--url", URL, "--event", "segment.entered", "--segment", "none"), 1, "segments.0: is no segment"),
        (("show", "wh_none"), 1, "`list` shows"),
        (("list", "--key", VIEWER), 1, "admin"),
    ],
    ids=["private", "event", "no-event", "segment", "unknown", "role"],
)
def test_a_refusal_says_what_to_correct_and_makes_nothing(
    counter: Counter, words: tuple[str, ...], status: int, said: str
) -> None:
    assert counter.run("webhooks", *words) == status
    assert said in counter.warned
    assert (counter.office.manage("GET", "/v1/webhooks").json["items"], secrets(counter)) == ([], set())


def test_the_old_etag_of_an_edit_is_refused(counter: Counter, webhook: str) -> None:
    counter.done("webhooks", "disable", webhook)
    fields = counter.file("fields.json", json.dumps({"description": "CRM"}))
    assert counter.run("webhooks", "edit", webhook, fields, "--if-match", '"1"') == 1
    assert one(counter, webhook)["description"] is None
