"""Static lists as a marketer writes them."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from shopbell.domain.errors import Rejected
from shopbell.domain.ids import VisitorId
from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.segments import Description, SegmentName, Title
from shopbell.domain.incoming.texts import Many, check_visitor

MAX_BODY = 5 * 1024 * 1024


class ListIn(Incoming):
    """Body of POST /v1/lists; without an `id` one is made up."""

    name: Title
    id: SegmentName | None = None
    description: Description | None = None


class ListMembersIn(Incoming):
    """Body of PUT /v1/lists/{id}/members: `replace` takes off whoever is not among them. One id a line."""

    visitor_ids: Annotated[Many[JsonValue], Field(json_schema_extra={"items": {"type": "string"}})]
    mode: Literal["add", "remove", "replace"] = "replace"


def visitor_of(line: JsonValue) -> VisitorId:
    """Raises Rejected at the path "" with what the line must be."""
    if not isinstance(line, str):
        raise Rejected.at("", "must be a string")
    try:
        check_visitor(line)
    except ValueError as exc:
        raise Rejected.at("", str(exc)) from None
    return VisitorId(line)
