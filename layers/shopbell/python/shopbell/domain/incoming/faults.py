"""From what pydantic says of an input to problems that name the field and say what it must be."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from shopbell.domain.errors import Problem, Rejected

M = TypeVar("M", bound=BaseModel)

_MESSAGES: Final[Mapping[str, str]] = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "string_type": "must be a string",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "int_type": "must be an integer",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "none_required": "must be null",
    "int_from_float": "must be an integer",
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "greater_than": "must be more than {gt}",
    "less_than": "must be less than {lt}",
    "literal_error": "must be {expected}",
    "invalid_key": "must be a string",
}


class Incoming(BaseModel):
    """Root of the models of requests: immutable, nothing converted, nothing unknown let through."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def validated(model: type[M], value: object, at: str = "") -> M:
    """The value as `model`, or Rejected with every fault's path below `at`."""
    try:
        return model.model_validate(value)
    except ValidationError as exc:
        raise Rejected(problems(exc, at)) from None


def problems(error: ValidationError, at: str = "") -> tuple[Problem, ...]:
    """One for each fault, in the order of the fields."""
    details = error.errors(include_url=False, include_input=False)
    return tuple(Problem(_path(at, one["loc"]), message(one)) for one in details if not _follows(one, details))


def join(*parts: str | int) -> str:
    """A path such as `events.3.properties.total`."""
    return ".".join(str(part) for part in parts if part != "")


def checked(check: Callable[[str], object]) -> Callable[[str], str]:
    """A validator that keeps the text as it is once `check` (which raises ValueError) lets it pass."""

    def keep(text: str) -> str:
        check(text)
        return text

    return keep


def _follows(fault: ErrorDetails, among: Sequence[ErrorDetails]) -> bool:
    """A list counts as too short when its entries are wrong; then only they are at fault."""
    loc = fault["loc"]
    return fault["type"] == "too_short" and any(one["loc"][: len(loc)] == loc != one["loc"] for one in among)


def _path(at: str, loc: Sequence[str | int]) -> str:
    return join(at, *(part for part in loc if part != "[key]"))


def message(detail: ErrorDetails) -> str:
    """What the value must be, in words that follow the name of a field."""
    context: Mapping[str, Any] = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    known = _MESSAGES.get(detail["type"])
    return known.format(**context) if known else detail["msg"]
