"""What a configuration cannot say is refused with its line; a plan that breaks off can be carried on."""

from typing import Any

import pytest

from tests.functions.command.counter import Counter, served
from tests.functions.command.shop import THEIRS, WORDS, applied, edited, exported
from tests.functions.http.office import Office
from tests.functions.http.world import MGMT, Answered

HEAD = "shopbell: 1\n"
LOOP = "segments:\n  A: {rule: {in_segment: B}}\n  B: {rule: {in_segment: A}}\n"


class Meddling(Office):
    """Before the `turn`-th such call of the command somebody else changes the store, or the call fails."""

    turn = 0
    status = 0
    at = "writes"

    def manage(self, method: str, path: str, body: Any = None, *, key: str | None = MGMT, **how: Any) -> Answered:
        meant = method != "GET" if self.at == "writes" else (method, path) == ("GET", self.at)
        self.turn -= meant and key is None
        if meant and key is None and self.turn == 0:
            if self.status:
                return Answered(self.status, {}, '{"title": "Down", "status": 500}')
            super().manage("PATCH", "/v1/store", {"language": "it"})
        return super().manage(method, path, body, key=key, **how)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "must be a configuration"),
        ("- 1\n", "must be a configuration"),
        ("shopbell: 2\n", "line 1: shopbell must be 1"),
        (HEAD + "segmets: {}\n", "line 2: segmets is not known here; did you mean segments?"),
        (HEAD + "store:\n  langage: de\n", "line 3: store.langage is not known here; did you mean language?"),
        (HEAD + "store:\n  caps: 3\n", "line 3: store.caps must be a list"),
        (
            HEAD + "segments:\n  A:\n    state: life\n",
            "line 4: segments.A.state must be one of draft, active, paused",
        ),
        (HEAD + "triggers:\n  T: {content: {title: x}}\n", "line 3: triggers.T.event is required"),
        (
            HEAD + "campaigns:\n  C:\n    audience: {include: [Byers]}\n",
            "names the segment Byers, which there is not; did you mean Buyers?",
        ),
        (HEAD + "campaigns:\n  C: {state: scheduled}\n", "can be no other than draft without a schedule with `cron`"),
        (HEAD + "scenarios:\n  birthdays: {enabled: true}\n", "line 3: scenarios.birthdays is no scenario"),
        (HEAD + "lists:\n  testers: {name: Other}\n", "line 3: lists.testers says something else than the store"),
        (
            HEAD + "segments:\n  Buyers: {rule: {event: purchase}, state: draft}\n",
            "cannot be draft again: it is active",
        ),
        (HEAD + LOOP, "names itself in the end: "),
        (HEAD + "a: &a [x]\nb: [*a, *a]\n", "line 2: anchors and aliases are not taken"),
        (
            HEAD + "a: !!python/object:os.system {}\n",
            "line 2: the tag tag:yaml.org,2002:python/object:os.system is not",
        ),
        (HEAD + "store:\n  name: X\n  name: Y\n", "line 4: 'name' stands here twice"),
        (
            HEAD + "product_lists:\n  window:\n    product_ids: [b1, b2, b1]\n",
            "line 4: product_lists.window.product_ids.2 stands in this list already: b1",
        ),
        (HEAD + "a: " + "[" * 60 + "]" * 60, "line 2: is deeper than 40"),
        (HEAD + "x: " + "y" * 2_000_001, "is longer than 2000000 bytes"),
    ],
    ids=lambda one: one[:40] if one.startswith("shopbell") else "",
)
def test_what_is_wrong_in_a_file_is_named_with_its_line(shop: Counter, text: str, says: str) -> None:
    file = shop.file("wrong.yaml", text)
    for verb in ("plan", "apply"):
        assert shop.run("config", verb, file) == 1
        assert says in shop.warned
        assert shop.told == ""


def test_what_the_store_refuses_is_named_with_its_line_and_the_rest_can_be_applied(shop: Counter) -> None:
    wrong = {"rule": {"event": "purchase", "at_lest": 2}}
    file = edited(shop, {("store", "language"): "fr", ("segments", "New"): wrong})
    assert shop.run("config", "apply", file, "--yes") == 1
    assert "stopped after 1 of 2 at: + segment New" in shop.warned
    assert "segments.New.rule.at_lest" in shop.warned
    file = edited(shop, {("segments", "New"): {"rule": {"event": "purchase"}}})
    assert "~ store" not in applied(shop, file)


@pytest.mark.parametrize(("call", "turn"), [("writes", 1), ("/v1/store", 2)], ids=["after the look", "before it"])
def test_what_somebody_else_changed_meanwhile_is_not_overwritten(shop: Counter, call: str, turn: int) -> None:
    file = edited(shop, {("segments", "Aaa"): {"rule": {"event": "purchase"}}, ("store", "language"): "fr"})
    office = Meddling(world=shop.office.world)
    with served(office) as url:
        shop.at(url)
        office.turn, office.at = turn, call
        assert shop.run("config", "apply", file, "--yes") == 1
        assert "stopped after 0 of 2 at: ~ store\n  it was changed meanwhile" in shop.warned
        assert office.manage("GET", "/v1/store").json["language"] == "it"


@pytest.mark.parametrize(("field", "value"), [("description", "Others"), ("state", "paused")])
def test_an_etag_that_moved_with_a_build_alone_is_read_again(shop: Counter, field: str, value: str) -> None:
    office = Meddling(world=shop.office.world)
    shop.office.active(name="Growing")
    file = edited(shop, {("segments", "Growing", field): value})
    with served(office) as url:
        shop.at(url)
        office.turn, office.status = 1, 412
        applied(shop, file)


def test_a_segment_that_something_needs_is_not_paused_and_its_users_are_named(shop: Counter) -> None:
    file = edited(shop, {("segments", "Testing buyers", "state"): "paused"})
    assert shop.run("config", "apply", file, "--yes") == 1
    assert "! segment Testing buyers: Welcome (building) uses it\n" in shop.told


@pytest.mark.parametrize("turn", [1, 5, 9, 14, 20])
def test_a_plan_that_broke_off_is_carried_on_by_applying_it_again(shop: Counter, turn: int) -> None:
    file = exported(shop)
    office = Meddling(world=shop.office.world)
    with served(office) as url:
        shop.at(url)
        office.turn, office.status = turn, 500
        assert shop.run("config", "apply", file, "--yes", *THEIRS) == 1
        assert "apply again goes on with the rest" in shop.warned
        applied(shop, file, *THEIRS)


def test_things_of_one_name_are_left_out_of_the_file_and_said(shop: Counter) -> None:
    for _ in range(2):
        shop.office.campaign(name="Twin")
    assert shop.run("config", "export") == 1
    assert shop.warned.count("left out: campaign Twin: ") == 2
    assert "Twin" not in shop.told
    file = shop.file("twin.yaml", HEAD + "campaigns:\n  Twin:\n    content: {title: x, body: x, url: /}\n")
    assert shop.run("config", "plan", file) == 1
    assert "campaigns.Twin is not clear" in shop.warned


def test_a_campaign_that_has_been_sent_is_not_written_again(shop: Counter) -> None:
    sent = shop.office.campaign(name="Once", content=WORDS)
    file = exported(shop)
    assert shop.office.manage("POST", f"/v1/campaigns/{sent}/send").status < 300
    assert shop.run("config", "plan", file) == 0, shop.told
    assert "campaign Once is sending: it is not written again" in shop.warned


def test_a_segment_that_no_file_can_name_leaves_out_what_names_it(shop: Counter) -> None:
    gone = shop.office.segment(name="Gone")
    shop.office.campaign(name="Orphan", audience={"include": [gone]})
    assert shop.office.manage("DELETE", f"/v1/segments/{gone}").status == 204
    assert shop.run("config", "export") == 1
    assert f"left out: campaign Orphan: names the segment {gone}" in shop.warned
    assert shop.run("config", "plan", shop.file("store.yaml", shop.told), "--prune") == 0, shop.told
