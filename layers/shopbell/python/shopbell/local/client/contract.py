"""What the API's own document says about a call: the fields of its body and what they are when nobody names them."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

_JSON: Final = "application/json"


def fields_of(call: str) -> tuple[str, ...]:
    """The fields that the body of "METHOD /path" takes, in the document's order."""
    return tuple(_body(call)["properties"])


def shaped(call: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a call answered, what the body of another one takes."""
    return {name: answer[name] for name in fields_of(call) if name in answer}


def completed(call: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a body, each with what the document puts where its value leaves something out; nothing empty."""
    fields = _body(call)["properties"]
    return {name: _completed(fields.get(name, {}), value) for name, value in body.items()}


@cache
def document() -> Any:
    """The document that the API serves."""
    return json.loads(files("shopbell.runtime.http").joinpath("openapi.json").read_text(encoding="utf-8"))


def _body(call: str) -> Any:
    method, path = call.split(" ")
    schema = document()["paths"][path][method.lower()]["requestBody"]["content"][_JSON]["schema"]
    return _found(schema)


def _found(schema: Any) -> Any:
    named = schema.get("$ref")
    return document()["components"]["schemas"][named.rsplit("/", 1)[1]] if named else schema


def _completed(schema: Any, value: Any) -> Any:
    found = _found(schema)
    if isinstance(value, list):
        items: Any = found.get("items") or next((one["items"] for one in _choices(found) if "items" in one), {})
        return [_completed(items, one) for one in value]
    if not isinstance(value, Mapping):
        return value
    whole: Any = next((one for one in (found, *_choices(found)) if "properties" in one), {})
    fields = whole.get("properties", {})
    defaults = {name: one["default"] for name, one in fields.items() if "default" in one}
    other = whole.get("additionalProperties") or found.get("additionalProperties")
    rest = other if isinstance(other, dict) else {}
    made = {name: _completed(fields.get(name, rest), one) for name, one in {**defaults, **value}.items()}
    return {name: one for name, one in made.items() if one not in (None, [], {})}


def _choices(schema: Any) -> list[Any]:
    return [_found(one) for one in schema.get("anyOf", ())]
