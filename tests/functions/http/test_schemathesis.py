"""Calls made up from the document, right and wrong, with each key of both stores: every answer is one it tells of."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from shopbell.runtime.http.openapi import document

from tests.functions.http.world import Answered
from tests.functions.isolation.naming import kind_at
from tests.functions.isolation.pair import ROLES, Pair, key_of

Start = Callable[[str, list[tuple[str, str]]], Any]
PAIR: Final = Pair.found()
TRACKED: Final = [route.operation for route in PAIR.both.routes]
PASSED_ON: Final = frozenset({"authorization", "if-match", "if-none-match", "idempotency-key", "content-type"})
KEYS: Final = [(store, role) for role in reversed(ROLES) for store in ("theirs", "ours")]
"""Those who may least come first: what they ask for changes nothing for the next."""
CHECKS: Final = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

MADE_UP: Final = settings(
    deadline=None, phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck), database=None
)
"""The document's own examples are held elsewhere: they are what was really asked and answered."""


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """The gateway's part: from WSGI to an event and back, to the function that has the route."""
    answer = answered(environ)
    headers = [(name, str(value)) for name, value in answer.headers.items()]
    start_response(f"{answer.status} -", headers)
    return [answer.text.encode()]


def answered(environ: dict[str, Any]) -> Answered:
    method, path = environ["REQUEST_METHOD"], unquote(environ["PATH_INFO"])
    stream: io.BufferedIOBase = environ["wsgi.input"]
    body = stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    named = {name.removeprefix("HTTP_").replace("_", "-").lower(): value for name, value in environ.items()}
    headers = {name: value for name, value in named.items() if name in PASSED_ON}
    call = PAIR.both.call if tracked(method, path) else PAIR.both.manage
    return call(method, path, body, key=None, headers=headers, query=query)


def tracked(method: str, path: str) -> bool:
    """Whether it is a call of the tracking function."""
    given = path.split("/")
    return any(
        one.method == method
        and len(parts := one.path.split("/")) == len(given)
        and all(part == name or part.startswith("{") for part, name in zip(parts, given, strict=True))
        for one in TRACKED
    )


SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.app = application
SCHEMA.location = "/openapi.json"


@SCHEMA.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Half of the paths lead to something: to what one store has, or the other."""
    names = {name: [*_names(context, name)] for name in path_parameters or {}}
    drawn = {name: len(repr(value)) for name, value in (path_parameters or {}).items()}
    known = {name: there[drawn[name] % len(there)] for name, there in names.items() if there and drawn[name] % 2}
    return {**path_parameters, **known} if path_parameters else path_parameters


def _names(context: Any, name: str) -> Iterator[str]:
    kind = "scenario" if "/scenarios/" in context.operation.path else kind_at(f"path.{name}")
    for estate in (PAIR.ours, PAIR.theirs):
        yield from estate.names.get(kind or "", ())


def asked_by_everybody(case: "schemathesis.Case[Any]") -> None:
    PAIR.begin()
    for store, role in KEYS:
        key = key_of(getattr(PAIR, store), role)
        response = case.call(headers={"Authorization": f"Bearer {key}"} if key else {"Authorization": ""})
        assert response.status_code < 500, response.text
        case.validate_response(response, checks=CHECKS)
    assert PAIR.both.watch.failures == []


@pytest.mark.slow
@SCHEMA.parametrize()
@settings(MADE_UP, max_examples=5, derandomize=True)
def test_no_call_of_the_document_is_a_fault_of_ours(case: "schemathesis.Case[Any]") -> None:
    asked_by_everybody(case)


@pytest.mark.long
@SCHEMA.parametrize()
@settings(MADE_UP, max_examples=300)
def test_nor_is_any_of_many(case: "schemathesis.Case[Any]") -> None:
    asked_by_everybody(case)
