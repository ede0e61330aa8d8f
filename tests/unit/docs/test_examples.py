"""The contract shows every call by example: what is really asked, and what was really answered."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import jsonschema_rs
import pytest
from shopbell.runtime.http import examples, openapi
from shopbell.runtime.http.operation import Operation
from shopbell.runtime.http.problem import PROBLEM_JSON

from tests.functions.http.story.told import files

RECORD: Final = "tell of it in tests/functions/http/story, then run: python -m tests.functions.http.story.told"
DOC: Final[dict[str, Any]] = openapi.document()
OWN_PROBLEMS: Final = {"409", "412", "422"}
"""What a call refuses for reasons of its own; the others mean the same everywhere."""
IDS: Final = [operation.id for operation in openapi.OPERATIONS]


def described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = DOC["paths"][operation.path][operation.method.lower()]
    return found


def contents(operation: Operation) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(status, media, content) of every answer, and of the body as `body`."""
    said = described(operation)
    for media, content in said.get("requestBody", {"content": {}})["content"].items():
        yield "body", media, content
    for status, answer in said["responses"].items():
        for media, content in answer.get("content", {}).items():
            yield status, media, content


@cache
def of_schema(text: str) -> jsonschema_rs.Validator:
    """Most answers are problems of one shape."""
    return jsonschema_rs.validator_for({**json.loads(text), "components": DOC["components"]})


@pytest.mark.parametrize("operation", openapi.OPERATIONS, ids=IDS)
def test_every_call_shows_a_body_an_answer_and_a_problem_of_its_own(operation: Operation) -> None:
    missing = [
        (status, media)
        for status, media, content in contents(operation)
        if not content.get("examples") and (status, media) != ("body", "text/plain")
    ]
    assert not missing, RECORD
    own = [content for status, media, content in contents(operation) if status in OWN_PROBLEMS]
    shown = [one for content in own for one in content["examples"].values() if "value" in one]
    assert shown or not own, RECORD
    assert all("example" in one for one in described(operation).get("parameters", []) if one["in"] == "path"), RECORD


@pytest.mark.parametrize("operation", openapi.OPERATIONS, ids=IDS)
def test_every_example_is_of_the_shape_that_is_described(operation: Operation) -> None:
    for status, media, content in contents(operation):
        validator = of_schema(json.dumps(content["schema"]))
        for one in content.get("examples", {}).values():
            value = (
                DOC["components"]["examples"][one["$ref"].split("/")[-1]]["value"] if "$ref" in one else one["value"]
            )
            validator.validate(value)
            if media == PROBLEM_JSON:
                assert str(value["status"]) == status
    for parameter in described(operation).get("parameters", []):
        if "example" in parameter:
            of_schema(json.dumps(parameter["schema"])).validate(parameter["example"])


def test_a_problem_with_the_input_names_its_place() -> None:
    for told in examples.read().values():
        for answer in told["answers"]:
            if answer["status"] == 422:
                assert all(fault["message"] for fault in answer["body"]["errors"])
                assert answer["body"]["errors"]


def test_the_examples_are_what_the_calls_of_the_story_really_answer() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in examples.FOLDER.glob("*.json")}
    assert kept == files(), RECORD
