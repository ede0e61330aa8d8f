"""A first campaign takes five calls: those of docs/marketer.md, made as they stand there."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.functions.http.crowds import did, fold
from tests.functions.http.office import MARKETER, Office

PAGE = Path(__file__).parents[3] / "docs" / "marketer.md"
BLOCK = re.compile(r"```http\n(\w+) (\S+)\n((?:[\w-]+: [^\n]*\n)*)\n?(.*?)```", re.DOTALL)


def calls() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Method, path, body and headers of each call on the page."""
    for method, path, headers, body in BLOCK.findall(PAGE.read_text()):
        lines = (line.partition(": ") for line in headers.splitlines())
        yield method, path, body.strip(), {name.lower(): value for name, _, value in lines}


def filled(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def walked(office: Office) -> list[Any]:
    """What each call answers, with the names that the page leaves open filled in."""
    answers: list[Any] = []
    named = {"<you>": "ann"}
    for call in calls():
        method, path, body = (filled(part, named) for part in call[:3])
        answer = office.manage(method, path, body or None, key=MARKETER, headers=call[3])
        assert answer.status < 300, f"{method} {path}: {answer.text}"
        answers.append(answer.json)
        if "id" in answer.json:
            named.setdefault("<campaign>", str(answer.json["id"]))
    return answers


def test_the_page_s_five_calls_work_as_they_stand_there(office: Office) -> None:
    did(office, "ann", "product_view")
    fold(office)
    office.visit("ann", subscribed=True)
    previewed, written, tried, sent, reported = walked(office)
    assert {"estimate", "reachable", "sample", "near_misses"} <= previewed.keys()
    assert (written["status"], [one["name"] for one in written["variants"]]) == ("draft", ["plain", "by-city"])
    assert tried["sent"] == ["ann"]
    assert (sent["id"], sent["status"]) == (written["id"], "sending")
    told = {"targeted", "accepted", "failed", "retired", "skipped", "open", "shown", "clicked", "orders", "revenue"}
    assert told <= reported.keys()


def test_made_again_they_make_and_send_nothing_new(office: Office) -> None:
    office.visit("ann", subscribed=True)
    first, second = walked(office), walked(office)
    assert first[1]["id"] == second[1]["id"]
    assert len(office.world.campaigns) == 1
    assert len({str(message.body) for message in office.plan.messages}) == 1, "the planner runs one of one name"
