"""From what pydantic says of an input to problems that name the field and say what it must be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from shopbell.domain.errors import Problem, Rejected

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]

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


def never_null(schema: dict[str, Any]) -> None:
    """In the document too: what may be left out is not null then."""
    for field in schema["properties"].values():
        rest = [one for one in field.get("anyOf", ()) if one != {"type": "null"}]
        if len(rest) == 1:
            del field["anyOf"]
            field.update(rest[0])
        field.pop("default", None)


def validated(model: type[M], value: object, at: str = "") -> M:
    """The value as `model`, or Rejected with every fault's path below `at`."""
    try:
        return model.model_validate(value)
    except ValidationError as exc:
        raise Rejected(problems(exc, value, at)) from None


def problems(error: ValidationError, value: object, at: str = "") -> tuple[Problem, ...]:
    """One for each fault of `value`, in the order of the fields.

    Where one of several forms is asked for, the faults that all of them find in one place are one problem, and
    those of the form that got furthest stand for it.
    """
    details = error.errors(include_url=False, include_input=False)
    found = [_Fault.of(one, value) for one in details if not _follows(one, details)]
    told: dict[Path, list[str]] = {}
    for fault in found:
        if not any(fault.shallower(other) for other in found) and fault.text not in told.setdefault(fault.path, []):
            told[fault.path].append(fault.text)
    return tuple(Problem(join(at, *path), ", or ".join(texts)) for path, texts in told.items())


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


@dataclass(frozen=True, slots=True)
class _Fault:
    """`formed`: it was found while one of several forms was tried."""

    path: Path
    text: str
    formed: bool

    @classmethod
    def of(cls, detail: ErrorDetails, value: object) -> "_Fault":
        path, loc = _sent(detail, value), tuple(part for part in detail["loc"] if part != "[key]")
        return cls(path, message(detail), formed=path != loc)

    def shallower(self, other: "_Fault") -> bool:
        size = len(self.path)
        return self.formed and other.formed and len(other.path) > size and other.path[:size] == self.path


def _sent(detail: ErrorDetails, value: object) -> Path:
    """The place in what was sent: of pydantic's own path the names of the forms that it tried fall away."""
    path: list[str | int] = []
    for part in detail["loc"]:
        match value, part:
            case dict(), str() if part in value:
                value = value[part]
            case ((list() | tuple()), int()) if part < len(value):
                value = value[part]
            case _ if detail["type"] != "missing" or part != detail["loc"][-1]:
                continue
        path.append(part)
    return tuple(path)


def message(detail: ErrorDetails) -> str:
    """What the value must be, in words that follow the name of a field."""
    context: Mapping[str, Any] = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    known = _MESSAGES.get(detail["type"])
    return known.format(**context) if known else detail["msg"]
