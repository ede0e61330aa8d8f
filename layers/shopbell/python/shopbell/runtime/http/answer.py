"""What a route answers, before headers that all answers share are added."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """`readable` False: a page of another origin may not read it, so it carries no CORS permission.

    `counts` are outcomes for the metrics; `faults` the paths of fields that were wrong, for the log.
    """

    status: int
    text: str = ""
    content_type: str | None = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    readable: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def answer(
    body: BaseModel,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    counts: Mapping[str, int] | None = None,
) -> Answer:
    """JSON of a model; every field that it declares is there, null where there is nothing."""
    return Answer(status, body.model_dump_json(), headers=headers or {}, counts=counts or {})


def nothing(counts: Mapping[str, int] | None = None) -> Answer:
    """Done, and there is nothing to say."""
    return Answer(204, content_type=None, counts=counts or {})
