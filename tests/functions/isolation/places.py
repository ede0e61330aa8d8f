"""Where the document lets a caller name something: each place of a call, and what may be named there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shopbell.runtime.http import openapi

DOCUMENT: Final[Mapping[str, Any]] = openapi.document()
FREE: Final = ".*"
"""Ends a place in which any JSON may stand."""
KEYS: Final = ".{key}"
"""Ends a place that is the name of a property."""
_NO_TEXT: Final = frozenset({"date-time", "duration", "date"})


@dataclass(frozen=True, slots=True)
class Described:
    """One operation as the document has it."""

    id: str
    method: str
    path: str
    said: Mapping[str, Any]

    @property
    def managed(self) -> bool:
        return any("management" in one for one in self.said.get("security", ()))

    @property
    def successes(self) -> frozenset[int]:
        return frozenset(int(status) for status in self.said["responses"] if status.startswith("2"))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """(in, name) of those that take words of the caller's own."""
        given = [(one["in"], one["name"], one.get("schema", {})) for one in self.said.get("parameters", ())]
        return [(where, name) for where, name, schema in given if any(True for _ in texts(schema, name))]

    @property
    def places(self) -> list[str]:
        """`path.segment_id`, `query.cursor`, `header.if-match`, `body.audience.include[]`, each once."""
        found = [f"{where}.{name}" for where, name in self.parameters]
        body = self.said.get("requestBody", {}).get("content", {}).get("application/json")
        return list(dict.fromkeys([*found, *(texts(body["schema"], "body") if body else ())]))


def described() -> list[Described]:
    """All there are."""
    return [
        Described(said["operationId"], method.upper(), path, said)
        for path, methods in DOCUMENT["paths"].items()
        for method, said in methods.items()
    ]


def texts(schema: Mapping[str, Any], place: str, above: frozenset[str] = frozenset()) -> Iterator[str]:
    """Places under it where a text stands that is not one of a few."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name == "JsonValue" or (not schema and place != "body"):
        yield place if place.endswith(FREE) else f"{place}{FREE}"
    elif name:
        if name not in above:
            yield from texts(DOCUMENT["components"]["schemas"][name], place, above | {name})
    elif schema.get("type") == "string":
        if not schema.keys() & {"enum", "const"} and schema.get("format") not in _NO_TEXT:
            yield place
    else:
        for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
            yield from texts(choice, place, above)
        yield from _inside(schema, place, above)


def _inside(schema: Mapping[str, Any], place: str, above: frozenset[str]) -> Iterator[str]:
    for name, inside in schema.get("properties", {}).items():
        yield from texts(inside, f"{place}.{name}", above)
    if "items" in schema:
        yield from texts(schema["items"], f"{place}[]", above)
    others = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
    for inside in others:
        if isinstance(inside, dict):
            yield f"{place}{KEYS}"
            yield from texts(inside, f"{place}{FREE}", above)
