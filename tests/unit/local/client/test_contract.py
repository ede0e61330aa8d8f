"""The declared commands against the document of the API: each call and field that is named is there."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from shopbell.local.client.command import Command
from shopbell.local.client.groups import COMMANDS, TELLS

DOCUMENT: Final = json.loads((Path(__file__).parents[4] / "docs" / "openapi.json").read_text())
EACH: Final = pytest.mark.parametrize("command", COMMANDS, ids=[command.words for command in COMMANDS])


def operation(call: str) -> Any:
    method, path = call.split(" ")
    return DOCUMENT["paths"].get(path, {}).get(method.lower())


def schema(told: Any) -> Any:
    found = told.get("$ref")
    return DOCUMENT["components"]["schemas"][found.rsplit("/", 1)[1]] if found else told


def choices(told: Any) -> list[Any]:
    found = schema(told)
    return [found] if "anyOf" not in found else [one for some in found["anyOf"] for one in choices(some)]


@EACH
def test_every_call_is_in_the_document_and_takes_a_management_key(command: Command) -> None:
    for call in command.calls:
        assert {"management": []} in operation(call)["security"], call


@EACH
def test_queries_are_those_of_the_call(command: Command) -> None:
    known = {one["name"] for one in operation(command.call).get("parameters", ()) if one["in"] == "query"}
    assert {option.field for option in command.query if not option.local} <= known
    assert command.paged == bool(command.columns and "limit" in known)


@EACH
def test_fields_of_a_body_are_those_of_the_call(command: Command) -> None:
    sent = {option.field for option in (*command.positionals, *command.body) if not option.local}
    told = operation(command.call).get("requestBody")
    if told is None:
        assert (sent, command.file, command.wrap, command.fixed) == (set(), None, None, {})
        return
    known = schema(told["content"]["application/json"]["schema"])["properties"]
    assert sent | set(command.fixed) | ({command.wrap} if command.wrap else set()) <= set(known)


@EACH
def test_columns_are_fields_of_what_a_list_holds(command: Command) -> None:
    if not command.columns:
        return
    told = operation(command.call)["responses"]["200"]["content"]["application/json"]["schema"]
    kinds = choices(schema(told)["properties"]["items"]["items"])
    for column in command.columns:
        name, _, below = column.partition(".")
        found = [kind["properties"][name] for kind in kinds if name in kind["properties"]]
        assert found, column
        assert not below or any(below in one["properties"] for one in choices(found[0])), column


def test_every_command_has_a_group_and_words_of_its_own() -> None:
    assert {command.group for command in COMMANDS} == {*TELLS, "store"}
    assert len({command.words for command in COMMANDS}) == len(COMMANDS)
