"""What the API's own document says about a call: the fields of its body."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

_JSON: Final = "application/json"


def fields_of(call: str) -> tuple[str, ...]:
    """The fields that the body of "METHOD /path" takes, in the document's order."""
    return tuple(schema_of(call)["properties"])


def shaped(call: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a call answered, what the body of another one takes."""
    return {name: answer[name] for name in fields_of(call) if name in answer}


def takes_tag(call: str) -> bool:
    """Whether "METHOD /path" takes If-Match."""
    method, path = call.split(" ")
    return _takes_tag(document()["paths"][path].get(method.lower(), {}))


def has_tag(call: str) -> bool:
    """Whether what "GET /path" answers has an ETag that a write to the same path takes."""
    method, path = call.split(" ")
    written = (one for name, one in document()["paths"][path].items() if name != "get")
    return method == "GET" and any(_takes_tag(one) for one in written)


@cache
def document() -> Any:
    """The document that the API serves."""
    return json.loads(files("shopbell.runtime.http").joinpath("openapi.json").read_text(encoding="utf-8"))


def _takes_tag(operation: Any) -> bool:
    return any(one["name"].lower() == "if-match" for one in operation.get("parameters", ()))


def schema_of(call: str) -> Any:
    """The JSON Schema of the body that "METHOD /path" takes."""
    method, path = call.split(" ")
    return resolved(document()["paths"][path][method.lower()]["requestBody"]["content"][_JSON]["schema"])


def resolved(schema: Any) -> Any:
    """The schema itself where this names one of the document."""
    named = schema.get("$ref")
    return document()["components"]["schemas"][named.rsplit("/", 1)[1]] if named else schema
