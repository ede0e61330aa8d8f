"""Limits as the OpenAPI document describes them: the headers that tell of them, and the answer past one."""

from typing import Any, Final

from shopbell.domain.limits import MANAGEMENT
from shopbell.runtime.http.limiting import policy
from shopbell.runtime.http.operation import Access, Keyed, Managed, Open
from shopbell.runtime.http.problem import PROBLEM_JSON, titles

Json = dict[str, Any]
TOO_MANY: Final = "429"
_REF: Final = "#/components/headers/"


def components() -> Json:
    """The headers, by their names."""

    def header(words: str, example: str) -> Json:
        return {"description": words, "schema": {"type": "string"}, "example": example}

    return {
        "RateLimit-Policy": header(
            "The limits that hold: the calls of a window (`q`) and its seconds (`w`). `management`: of each key. "
            "`gateway`: of all callers of the deployment together.",
            policy(MANAGEMENT),
        ),
        "RateLimit": header(
            "The calls that are left to this key (`r`) for the next seconds (`t`).", '"management";r=587;t=42'
        ),
        "Retry-After": header("Seconds after which the next window begins.", "42"),
    }


def told(access: Access) -> Json:
    """References to the headers that every answer of such a call has."""
    match access:
        case Open():
            return {}
        case Keyed():
            return _headers("RateLimit-Policy")
        case Managed():
            return _headers("RateLimit-Policy", "RateLimit")


def too_many(access: Access) -> Json:
    """What is answered once a limit is passed; the gateway says it in words of its own."""
    match access:
        case Open():
            return {}
        case Keyed():
            said = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}
            shown = {"gateway": {"value": {"message": "Too Many Requests"}}}
            content: Json = {"application/json": {"schema": said, "examples": shown}}
            return {TOO_MANY: {"description": "The gateway lets no more calls through", "content": content}}
        case Managed():
            content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
            headers = {**told(access), **_headers("Retry-After")}
            return {TOO_MANY: {"description": titles()[429], "content": content, "headers": headers}}


def _headers(*names: str) -> Json:
    return {name: {"$ref": _REF + name} for name in names}
