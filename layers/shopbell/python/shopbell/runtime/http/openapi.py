"""The OpenAPI 3.1 document, made from the operations and their models: `python -m shopbell.runtime.http.openapi`."""

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shopbell.domain.incoming.events import EventIn
from shopbell.domain.incoming.kinds import schema
from shopbell.domain.incoming.properties import PROPERTIES
from shopbell.domain.incoming.texts import PATH_ID
from shopbell.domain.incoming.traits import VisitorIn
from shopbell.runtime.http import examples, management_operations, openapi_limits, tracking_operations
from shopbell.runtime.http.examples import showing
from shopbell.runtime.http.openapi_keys import security, security_schemes
from shopbell.runtime.http.operation import Managed, Open, Operation
from shopbell.runtime.http.pages import DOCUMENT
from shopbell.runtime.http.problem import NAMED, PROBLEM_JSON, ProblemOut, titles

OPERATIONS: Final[Sequence[Operation]] = (*tracking_operations.OPERATIONS, *management_operations.OPERATIONS)
VERSION: Final = "1.0.0"
"""Of the contract: /v1."""
COPY: Final = "docs/openapi.json"
_REF: Final = "#/components/schemas/"
_HEADERS: Final[Mapping[str, str]] = {
    "idempotency-key": "Names this very request: sent again with the same body it makes nothing new.",
    "if-match": "The ETag that was read: 412 if somebody else changed it since.",
    "if-none-match": "The ETag that is known: 304 if it is still the same.",
}
_ID: Final[Mapping[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": PATH_ID}
_ALWAYS: Final = (500, 503)
Json = dict[str, Any]

Described = tuple[type[BaseModel], JsonSchemaMode]


def document() -> Json:
    """The whole document; equal for equal code."""
    paths: dict[str, Json] = {}
    shown = examples.read()
    for operation in OPERATIONS:
        described = paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
        showing.show(described, shown.get(operation.id, {}))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Shopbell",
            "version": VERSION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": (
                "Web Push for online stores. A key belongs to one store, and the store is read from the key "
                "alone. Instants are RFC 3339 in UTC, durations ISO 8601, money integers in minor units. "
                "Errors are RFC 9457 problem documents that name every wrong field by its path."
            ),
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in OPERATIONS)],
        "paths": paths,
        "x-problems": dict(NAMED),
        "components": {
            "schemas": _schemas(),
            "examples": showing.usual_problems(),
            "headers": openapi_limits.components(),
            "securitySchemes": security_schemes(),
        },
    }


def text() -> bytes:
    """As it is committed and served."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def name_of(model: type[BaseModel]) -> str:
    """A component's name; `ListOut[SegmentOut]` is `ListOfSegment`."""
    generic = re.fullmatch(r"ListOut\[(\w+?)(?:Out)?\]", model.__name__)
    return f"ListOf{generic[1]}" if generic else model.__name__


def _operation(one: Operation) -> Json:
    described: Json = {
        "operationId": one.id,
        "summary": one.summary,
        "tags": [one.tag],
        "security": security(one),
        "responses": {str(one.status): _success(one), **_others(one), **_errors(one)},
    }
    if one.description:
        described["description"] = one.description
    if parameters := _parameters(one):
        described["parameters"] = parameters
    if one.body is not None:
        described["requestBody"] = {"required": not one.bare, "content": _content(one, one.body)}
    if isinstance(one.access, Managed):
        described["description"] = f"{one.description} Takes role {one.access.role}.".strip()
    return described


def _content(one: Operation, body: type[BaseModel]) -> Json:
    """Tracking calls read text/plain as JSON, so that a beacon needs no preflight."""
    media = {"schema": {"$ref": _REF + name_of(body)}}
    plain = {} if isinstance(one.access, Managed) else {"text/plain": {"schema": {"type": "string"}}}
    return {"application/json": media, **plain}


def _parameters(one: Operation) -> list[Json]:
    in_path: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": _ID} for name in re.findall(r"\{(\w+)\}", one.path)
    ]
    in_query: list[Json] = [{"name": name, "in": "query", "schema": wanted} for name, wanted in one.query.items()]
    in_header: list[Json] = [
        {"name": name, "in": "header", "description": _HEADERS[name], "schema": {"type": "string", "maxLength": 128}}
        for name in one.takes
    ]
    return [*in_path, *in_query, *in_header]


def _success(one: Operation) -> Json:
    described: Json = {"description": one.summary}
    if headers := openapi_limits.told(one.access):
        described["headers"] = headers
    if one.answer is not None:
        as_table: Json = {"text/csv": {"schema": {"type": "string"}}} if one.table else {}
        described["content"] = {one.media: {"schema": {"$ref": _REF + name_of(one.answer)}}, **as_table}
    elif one.method == "GET":
        described["content"] = {one.media: {"schema": {} if one.media == "application/json" else {"type": "string"}}}
    return described


def _others(one: Operation) -> Json:
    return {str(status): {"description": one.summary, "content": _content(one, body)} for status, body in one.also}


def _errors(one: Operation) -> Json:
    statuses = {*one.errors, *_ALWAYS}
    statuses |= set() if isinstance(one.access, Open) else {401, 403}
    statuses |= {400, 422} if one.body is not None else set()
    statuses |= {422} if one.query or isinstance(one.access, Managed) else set()
    statuses |= {404} if isinstance(one.access, Managed) and "{" in one.path else set()
    problem = {"content": {PROBLEM_JSON: {"schema": {"$ref": _REF + "ProblemOut"}}}}
    unchanged: Json = {"304": {"description": "Not changed"}} if "if-none-match" in one.takes else {}
    limits = openapi_limits.too_many(one.access)
    return {
        **unchanged,
        **limits,
        **{str(status): {"description": titles()[status], **problem} for status in sorted(statuses)},
    }


def _schemas() -> Json:
    bodies: list[Described] = [(one.body, "validation") for one in OPERATIONS if one.body]
    answers: list[Described] = [
        (answer, "serialization")
        for one in OPERATIONS
        for answer in (one.answer, *(model for _, model in one.also))
        if answer
    ]
    others: list[Described] = [(EventIn, "validation"), (VisitorIn, "validation"), (ProblemOut, "serialization")]
    models = list(dict.fromkeys((*bodies, *answers, *others)))
    _, made = models_json_schema(models, ref_template=_REF + "{model}")
    found: Json = made["$defs"]
    for model, _ in models:
        generic = re.sub(r"\W", "_", model.__name__)
        if name_of(model) != model.__name__ and generic in found:
            found[name_of(model)] = {**found.pop(generic), "title": name_of(model)}
    said = {name: dict(schema(kinds)) for name, kinds in sorted(PROPERTIES.items())}
    # an extension, not `if` and `then`: tools that make up calls cannot follow a choice of so many
    found["EventIn"]["x-properties-of"] = {name: {"$ref": _REF + _properties_name(name)} for name in said}
    return found | {
        _properties_name(name): {**shape, "title": _properties_name(name)} for name, shape in said.items()
    }


def _properties_name(event: str) -> str:
    """`cart_add` is `CartAddProperties`."""
    return event.title().replace("_", "") + "Properties"


def main(root: Path) -> None:
    """Write the packaged copy and the one for readers of the repository."""
    for path in (DOCUMENT, root / COPY):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd())
