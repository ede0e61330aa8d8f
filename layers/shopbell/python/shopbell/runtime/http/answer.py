"""What a route answers, before headers that all answers share are added."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """`readable` False: a page of another origin may not read it, so it carries no CORS permission."""

    status: int
    text: str = ""
    content_type: str | None = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    readable: bool = True


def answer(body: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """JSON of a model; every field that it declares is there, null where there is nothing."""
    return Answer(status, body.model_dump_json(), headers=headers or {})


NOTHING = Answer(204, content_type=None)
