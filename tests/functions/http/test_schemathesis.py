"""Calls made up from the document itself, right and wrong ones: no answer is a fault of ours."""

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import status_code_conformance
from shopbell.runtime.http.openapi import document

from tests.functions.http.office import Office
from tests.functions.http.world import MGMT, PUB, SRV, Answered

Start = Callable[[str, list[tuple[str, str]]], Any]
OFFICE = Office(sdk=Path(__file__).parents[3] / "storefront")


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
    named = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers = {
        name: value for name, value in named.items() if name in {"if-match", "if-none-match", "idempotency-key"}
    }
    if any(methods.get(method.lower()) for methods in tracked(path)):
        key = SRV if path.startswith("/v1/products") else PUB
        return OFFICE.call(method, path, body, key=key, headers=headers, query=query)
    return OFFICE.manage(method, path, body, key=MGMT, headers=headers, query=query)


def tracked(path: str) -> list[dict[str, bool]]:
    """The methods of the tracking routes that this path may be of."""
    found: list[dict[str, bool]] = []
    for route in OFFICE.routes:
        parts, given = route.operation.path.split("/"), path.split("/")
        if len(parts) == len(given) and all(p == g or p.startswith("{") for p, g in zip(parts, given, strict=True)):
            found.append({route.operation.method.lower(): True})
    return found


SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.app = application
SCHEMA.location = "/openapi.json"


@pytest.mark.slow
@SCHEMA.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_call_of_the_document_is_a_fault_of_ours(case: "schemathesis.Case[Any]") -> None:
    response = case.call()
    assert response.status_code < 500, response.text
    case.validate_response(response, checks=[status_code_conformance])
