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


@cache
def document() -> Any:
    """The document that the API serves."""
    return json.loads(files("shopbell.runtime.http").joinpath("openapi.json").read_text(encoding="utf-8"))


def schema_of(call: str) -> Any:
    """The JSON Schema of the body that "METHOD /path" takes."""
    method, path = call.split(" ")
    return resolved(document()["paths"][path][method.lower()]["requestBody"]["content"][_JSON]["schema"])


def resolved(schema: Any) -> Any:
    """The schema itself where this names one of the document."""
    named = schema.get("$ref")
    return document()["components"]["schemas"][named.rsplit("/", 1)[1]] if named else schema
