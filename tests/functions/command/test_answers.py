"""What the command prints and with which status it ends, whatever it is asked."""

import csv
import json
from pathlib import Path

import pytest

from tests.functions.command.counter import Counter
from tests.functions.http.office import VIEWER
from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.world import SRV


def test_with_json_an_answer_is_printed_as_the_api_gave_it(counter: Counter) -> None:
    name = counter.office.segment()
    for words, path in (
        (["segments", "show", name], f"/v1/segments/{name}"),
        (["segments", "list"], "/v1/segments"),
        (["keys", "list"], "/v1/keys"),
    ):
        assert counter.json(*words) == counter.office.manage("GET", path).json


def test_a_table_fits_a_hundred_columns(counter: Counter) -> None:
    counter.office.segment(name="A name of many words " * 9, tags=["one", "two", "three"])
    lines = counter.done("segments", "list").splitlines()
    assert len(lines) == 2
    assert all(len(line) <= 100 for line in lines)


def test_a_list_is_read_page_after_page(counter: Counter) -> None:
    names = [f"Segment {number:03}" for number in range(103)]
    for name in names:
        counter.office.segment(name=name)
    assert len(counter.done("segments", "list").splitlines()) == 51
    assert "--everything" in counter.warned
    assert [one["name"] for one in counter.json("segments", "list", "--everything")["items"]] == names


@pytest.mark.parametrize("rows", [1, 99, 100, 101, 102, 103, 200])
def test_no_more_rows_are_shown_than_were_asked_for_and_the_cursor_goes_on_there(counter: Counter, rows: int) -> None:
    names = [f"Segment {number:03}" for number in range(103)]
    for name in names:
        counter.office.segment(name=name)
    told = counter.json("segments", "list", "--limit", str(rows))
    assert [one["name"] for one in told["items"]] == names[:rows]
    assert ("--limit N" in counter.warned) == (rows < len(names))
    rest: list[str] = []
    if told["next_cursor"]:
        query = {"limit": "100", "cursor": told["next_cursor"]}
        rest = [one["name"] for one in counter.office.manage("GET", "/v1/segments", query=query).json["items"]]
    assert rest == names[rows:][:100]
    assert len(counter.done("segments", "list", "--limit", str(rows)).splitlines()) == min(rows, len(names)) + 1


def test_the_tree_of_categories_is_read_page_after_page(counter: Counter) -> None:
    names = [f"c{number:03}" for number in range(101)]
    products = [{**PRODUCT, "id": name, "categories": [name]} for name in names]
    assert counter.office.call("PUT", "/v1/products", {"products": products}, key=SRV).status == 200
    assert [line.split("  ")[0] for line in counter.done("products", "categories").splitlines()] == names
    assert [one["path"] for one in counter.json("products", "categories")["items"]] == names


def test_members_are_written_to_a_file(counter: Counter, tmp_path: Path) -> None:
    segment = counter.office.active()
    for number in range(101):
        counter.office.visit(f"v{number:03}")
        counter.office.enter(segment, f"v{number:03}")
    into = tmp_path / "members.csv"
    counter.done("segments", "members", segment, "--csv", str(into))
    rows = list(csv.DictReader(into.read_text().splitlines()))
    assert sorted(row["visitor_id"] for row in rows) == [f"v{number:03}" for number in range(101)]


def test_a_refusal_names_each_path_and_what_to_do(counter: Counter) -> None:
    wrong = counter.file("wrong.yaml", "name: X\nrule: {event: purchase, at_lest: 2}\n")
    assert counter.run("segments", "create", wrong) == 1
    assert "422" in counter.warned
    assert "  rule.at_lest: " in counter.warned
    assert "what to do" in counter.warned


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["segments", "show", "nobody"], "`list` shows what there is"),
        (["segments", "show", "../keys"], "404"),
        (["segments", "create", "nowhere.yaml"], "nowhere.yaml cannot be read"),
        (["segments", "archive", "any"], "repeat with --yes"),
        (["store", "set", "language"], "write FIELD=VALUE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_ends_with_1_and_says_why(counter: Counter, words: list[str], says: str) -> None:
    assert counter.run(*words) == 1
    assert says in counter.warned
    assert counter.told == ""


@pytest.mark.parametrize(
    "words",
    [["segments"], ["segments", "show"], ["segments", "list", "--limit", "0"], ["keys", "create"]],
    ids=" ".join,
)
def test_words_that_make_no_command_end_with_2(counter: Counter, words: list[str]) -> None:
    assert counter.run(*words) == 2
    assert "usage: shopbell" in counter.warned


def test_a_key_may_come_from_a_file_and_its_role_is_held(counter: Counter) -> None:
    key = counter.file("key", f"{VIEWER}\n")
    assert counter.run("segments", "list", "--key-file", key) == 0
    assert counter.run("vapid", "rotate", "--yes", "--key-file", key) == 1
    assert "role" in counter.warned


def test_an_address_wants_a_key_of_its_own(counter: Counter) -> None:
    assert counter.run("segments", "list", "--api", "https://api.example.com") == 1
    assert "SHOPBELL_KEY" in counter.warned


def test_a_key_never_goes_over_plain_http(counter: Counter) -> None:
    assert counter.run("segments", "list", "--api", "http://api.example.com", "--key", "k") == 1
    assert "only over https" in counter.warned


def test_without_a_machine_it_says_how_to_start_one(counter: Counter) -> None:
    (counter.folder / "state" / "local.json").unlink()
    assert counter.run("segments", "list") == 1
    assert "shopbell up" in counter.warned


def test_a_setting_is_set_as_it_is_written(counter: Counter) -> None:
    told = counter.json(
        "store", "set", "sending=paused", "caps=[{count: 2, within: P1D}]", "global_holdout_percent=5"
    )
    assert (told["sending"], told["global_holdout_percent"]) == ("paused", 5)
    assert told["caps"] == [{"count": 2, "within": "P1D"}]
    assert counter.run("store", "set", "sending=on") == 0


def test_the_checklist_ends_with_1_while_something_is_missing(counter: Counter) -> None:
    assert counter.run("store", "checklist") == 1
    assert "[ ] " in counter.told
    assert counter.run("store", "checklist", "--json") == 1
    assert json.loads(counter.told)["done"] is False
