"""Whatever field of a body is missing or of another type, the problem names it: over every body of the document."""

import copy
from collections.abc import Iterator
from typing import Any, Final

import pytest
from pydantic import BaseModel
from shopbell.domain.errors import Rejected
from shopbell.domain.incoming.faults import validated
from shopbell.runtime.http import examples
from shopbell.runtime.http.openapi import OPERATIONS

TOLD: Final = examples.read()
WRONG: Final[tuple[Any, ...]] = (12.5, "\x00 no such thing", True, [[]], {"no such field": []})


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Of all that stands in a body, below the body itself."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield from places(one, (*path, name))


def changed(body: Any, path: tuple[str | int, ...], value: Any) -> Any:
    whole = copy.deepcopy(body)
    inner = whole
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return whole


def faults(model: type[BaseModel], body: Any) -> list[str]:
    try:
        validated(model, body)
    except Rejected as exc:
        return [problem.path for problem in exc.problems]
    return []


CASES = [
    pytest.param(operation.body, request["body"], id=f"{operation.id}-{number}")
    for operation in OPERATIONS
    for number, request in enumerate(TOLD.get(operation.id, {}).get("requests", ()))
    if operation.body is not None and "body" in request
]


@pytest.mark.parametrize(("model", "body"), CASES)
def test_a_body_that_is_shown_is_taken(model: type[BaseModel], body: Any) -> None:
    assert faults(model, body) == []


@pytest.mark.parametrize(("model", "body"), CASES)
def test_what_is_of_another_type_is_named_by_its_path(model: type[BaseModel], body: Any) -> None:
    """Or by one that it holds, or, where several fields together say what is right, by one that holds it."""
    for path in places(body):
        dotted = ".".join(map(str, path))
        for wrong in WRONG:
            for named in faults(model, changed(body, path, wrong)):
                assert f"{named}.".startswith(f"{dotted}.") or f"{dotted}.".startswith(f"{named}." if named else "")


@pytest.mark.parametrize(("model", "body"), CASES)
def test_what_is_missing_is_named(model: type[BaseModel], body: Any) -> None:
    for name, field in model.model_fields.items():
        if field.is_required():
            assert faults(model, {key: value for key, value in body.items() if key != name}) == [name]


@pytest.mark.parametrize(("model", "body"), CASES)
def test_what_nobody_asked_for_is_named(model: type[BaseModel], body: Any) -> None:
    assert faults(model, {**body, "no_such_field": 1}) == ["no_such_field"]
