"""Where the API answers with nothing (204), a script still reads an object that names what was done."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from shopbell.local.client.command import Command
from shopbell.local.client.contract import document
from shopbell.local.client.groups import COMMANDS

from tests.functions.command.counter import Counter
from tests.functions.http.office import Office

WORDS: Final = {"title": "Hello", "body": "There", "url": "/"}


def _key(office: Office) -> str:
    return str(office.manage("GET", "/v1/keys").json["items"][-1]["id"])


def _list(office: Office) -> str:
    return str(office.manage("POST", "/v1/lists", {"id": "testers", "name": "T"}).json["id"])


def _pool(office: Office) -> str:
    return str(office.manage("POST", "/v1/coupon-pools", {"id": "spring", "name": "Spring"}).json["id"])


def _visitor(office: Office) -> str:
    office.visit("v1")
    assert office.manage("PUT", "/v1/visitors/v1/suppression", {"suppressed": True, "reason": "asked"}).status == 200
    return "v1"


def _job(office: Office) -> str:
    office.visit("v1")
    return str(office.manage("GET", "/v1/visitors/v1/export").json["job_id"])


MADE: Final[Mapping[str, Callable[[Office], str]]] = {
    "segments archive": lambda office: office.segment(),
    "campaigns discard": lambda office: office.campaign(),
    "triggers delete": lambda office: office.trigger(name="Thanks", event="purchase", content=WORDS),
    "visitors unsuppress": _visitor,
    "pools delete": _pool,
    "lists delete": _list,
    "jobs cancel": _job,
    "keys revoke": _key,
    "webhooks remove": lambda office: office.webhook(),
}
"""Of each such command one thing that it may be done to."""


def answers_nothing(command: Command) -> bool:
    return "204" in document()["paths"][command.path][command.method.lower()]["responses"]


@pytest.mark.parametrize("command", [one for one in COMMANDS if answers_nothing(one)], ids=lambda one: str(one.words))
def test_it_is_named_what_was_done_and_to_what(counter: Counter, command: Command) -> None:
    name = MADE[command.words](counter.office)
    ((argument, given),) = [(one, name) for one in command.path.split("/") if one.startswith("{")]
    words = (*command.words.split(" "), name, *(("--yes",) if command.ask else ()))
    assert counter.json(*words) == {"done": True, argument.strip("{}"): given}
