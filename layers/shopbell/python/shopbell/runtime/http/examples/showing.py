"""Puts the examples into the OpenAPI document: beside each body, each parameter and each answer."""

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from shopbell.domain.errors import Conflict, Forbidden, NotFound, Rejected, ShopbellError, Unavailable
from shopbell.domain.limits import MANAGEMENT
from shopbell.runtime.http.examples import Example, Told
from shopbell.runtime.http.limiting import over
from shopbell.runtime.http.problem import PROBLEM_JSON, problem, problem_of

Json = dict[str, Any]
REFUSED: Final = 400
_USUAL: Final[Mapping[int, ShopbellError]] = {
    400: Rejected.at("", "is not valid JSON", status=400),
    401: Forbidden("Send a key of this store as `Authorization: Bearer sb_…`.", status=401),
    403: Forbidden("This call takes a key of role marketer; this one is viewer."),
    404: NotFound("such a thing"),
    409: Conflict("The current state does not allow it."),
    412: Conflict("It was changed by somebody else in the meantime: read it again, then decide.", status=412),
    413: Rejected.at("", "must have at most 262144 bytes", status=413),
    422: Rejected.at("limit", "must be a whole number from 1 to 100"),
    503: Unavailable("a table"),
}


def usual_problems() -> Json:
    """Of statuses that mean the same wherever they are answered: for the components of the document."""
    texts = {status: problem_of(error).text for status, error in _USUAL.items()}
    texts[500] = problem(500, "The fault is logged; the same call may succeed later.").text
    texts[429] = problem(429, over(MANAGEMENT, 42)).text
    return {_usual(status): {"value": orjson.loads(text)} for status, text in sorted(texts.items())}


def show(described: Json, told: Told) -> None:
    """Into one operation, as the document describes it."""
    requests, answers = told.get("requests", ()), told.get("answers", ())
    for parameter in described.get("parameters", ()):
        _parameter(parameter, requests[0] if requests else {})
    bodies = [one for one in requests if "body" in one]
    if bodies and "requestBody" in described:
        described["requestBody"]["content"]["application/json"]["examples"] = _named(bodies)
    for status, response in described["responses"].items():
        _answers(response, int(status), [one for one in answers if one["status"] == int(status)])


def _parameter(parameter: Json, request: Example) -> None:
    part = "headers" if parameter["in"] == "header" else parameter["in"]
    given = request.get(part, {}).get(parameter["name"])
    if given is not None:
        parameter["example"] = int(given) if parameter["schema"].get("type") == "integer" else given


def _answers(response: Json, status: int, answers: list[Example]) -> None:
    if headers := next((one["headers"] for one in answers if "headers" in one), None):
        described = {name: {"schema": {"type": "string"}, "example": value} for name, value in headers.items()}
        response["headers"] = response.get("headers", {}) | described
    if "content" in response:
        response["content"] = {
            media: _examples(media, status, answers) | inside for media, inside in response["content"].items()
        }


def _examples(media: str, status: int, answers: list[Example]) -> Json:
    fitting = [one for one in answers if "body" in one and _is_of(media, one["body"])]
    if fitting:
        return {"examples": _named(fitting)}
    if media == PROBLEM_JSON:
        return {"examples": {"usual": {"$ref": f"#/components/examples/{_usual(status)}"}}}
    return {}


def _is_of(media: str, body: object) -> bool:
    return ("json" in media) is not isinstance(body, str)


def _named(found: list[Example]) -> Json:
    named: Json = {}
    for one in found:
        words = {"summary": one["says"]} if "says" in one else {}
        name = re.sub(r"\W+", "-", one.get("says", "example")).strip("-").lower()[:40]
        named[name if name not in named else f"{name}-{len(named) + 1}"] = {**words, "value": one["body"]}
    return named


def _usual(status: int) -> str:
    return f"Problem{status}"
