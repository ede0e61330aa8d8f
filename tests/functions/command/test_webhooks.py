"""`shopbell webhooks`, and webhooks in a configuration, against the real routes: a secret is printed once."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any, Final

import pytest

from tests.functions.command.counter import Counter
from tests.functions.command.shop import RECEIVER, THEIRS, applied, edited, exported
from tests.functions.http.office import MARKETER, VIEWER

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


def test_the_event_bus_has_no_secret_to_show(counter: Counter) -> None:
    made = counter.json("webhooks", "add", "--event-bus", "--event", "segment.entered")
    assert (made["url"], made["event_bus"], made["secret"]) == (None, True, None)
    assert counter.run("webhooks", "rotate", made["id"]) == 1
    assert "there is no secret to rotate" in counter.warned


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
        (("add", "--event", "segment.entered"), 1, "url: is required, unless `event_bus` is true"),
        (("add", "--url", URL, "--event", "segment.entered", "--segment", "none"), 1, "segments.0: is no segment"),
        (("show", "wh_none"), 1, "`list` shows"),
        (("list", "--key", VIEWER), 1, "admin"),
    ],
    ids=["private", "event", "no-event", "no-address", "segment", "unknown", "role"],
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


def test_the_secret_of_a_webhook_that_a_file_makes_is_told_once_and_written_nowhere(shop: Counter) -> None:
    file = exported(shop)
    told = applied(shop, file, *THEIRS)
    assert told.count("shown this once: whsec_") == 2
    assert f"the secret of webhook {RECEIVER}, shown this once: " in told
    assert "whsec_" not in Path(exported(shop, *THEIRS)).read_text()


def test_for_scripts_each_secret_is_an_answer_of_its_own_after_the_plan(counter: Counter) -> None:
    made = {"shopbell": 1, "webhooks": {URL: {"events": ["segment.entered"], "enabled": False}}}
    assert counter.run("config", "apply", counter.file("store.yaml", made), "--yes", "--json") == 0
    plan, after = json.JSONDecoder().raw_decode(counter.told)
    told = json.loads(counter.told[after:])
    assert [change["action"] for change in plan["changes"]] == ["create"]
    assert (told["kind"], told["name"], told["secret"][:6]) == ("webhooks", URL, "whsec_")
    assert one(counter, told["id"])["state"] == "disabled"
    assert "whsec_" not in counter.warned


def test_a_secret_is_told_although_what_follows_fails(counter: Counter) -> None:
    told_of = {"events": ["segment.entered"]}
    made = {"shopbell": 1, "webhooks": {URL: told_of, "https://private.shop.example/": told_of}}
    assert counter.run("config", "apply", counter.file("store.yaml", made), "--yes") == 1
    assert counter.told.count("whsec_") == 1
    assert "leads to an address that is not public" in counter.warned


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://Hooks.shop.example", "must be written as the store keeps it: https://hooks.shop.example/"),
        ("http://hooks.shop.example/in", "must be an https address"),
        ("CRM", "must be an https address"),
    ],
)
def test_an_address_that_the_store_would_keep_otherwise_is_refused_with_its_line(
    counter: Counter, address: str, said: str
) -> None:
    text = f"shopbell: 1\nwebhooks:\n  {address}: {{events: [segment.entered]}}\n"
    assert counter.run("config", "plan", counter.file("store.yaml", text)) == 1
    assert f"line 3: webhooks.{address} {said}" in counter.warned


def test_one_that_its_receiver_has_ended_is_switched_on_again(shop: Counter) -> None:
    file = exported(shop)
    made = {row["url"]: row["id"] for row in shop.office.manage("GET", "/v1/webhooks").json["items"]}
    shop.done("webhooks", "disable", made[RECEIVER])
    assert "enabled: false -> (none)" in applied(shop, file)
    assert one(shop, made[RECEIVER])["state"] == "active"


def test_two_of_one_address_cannot_be_said_in_a_file(shop: Counter) -> None:
    shop.office.webhook(url=RECEIVER)
    assert shop.run("config", "export") == 1
    assert f"left out: webhook {RECEIVER}: " in shop.warned


def test_a_marketer_does_all_the_rest_and_is_told_what_is_left_out(shop: Counter) -> None:
    key = ("--key", MARKETER)
    assert shop.run("config", "export", *key) == 0
    assert "webhooks:" not in shop.told
    assert "webhooks are left out: only a key of role admin is shown them" in shop.warned
    file = edited(shop, {("webhooks",): None, ("triggers", "Thanks", "delay"): "PT3H"})
    assert "PT3H" in applied(shop, file, *key)
    assert shop.run("config", "plan", file, "--prune", *key) == 0
    assert "webhooks are left alone" in shop.warned
    assert shop.run("config", "plan", exported(shop), *key) == 1
    assert "webhooks cannot be compared: only a key of role admin is shown them" in shop.warned
