"""The calls about the life of a segment: what it was, who uses it, who is and was in it; and jobs."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from shopbell.app.management.segments.lines import CAUSES
from shopbell.domain.events import Json
from shopbell.domain.incoming.segments import RestoreIn
from shopbell.runtime.http import life_answers as out
from shopbell.runtime.http.management_answers import ListOut, SegmentOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_DAY: Final[Json] = {"type": "string", "format": "date"}
_SEGMENT: Final = "/v1/segments/{segment_id}"


def _get(
    name: str,
    path: str,
    summary: str,
    answer: type[BaseModel],
    query: Mapping[str, Json] | None = None,
    description: str = "",
    also: tuple[tuple[int, type[BaseModel]], ...] = (),
) -> Operation:
    tag = path.split("/")[2].title()
    viewer = Managed("viewer")
    return Operation(
        name,
        "GET",
        path,
        summary,
        tag,
        viewer,
        answer=answer,
        query=query or {},
        description=description,
        also=also,
    )


OPERATIONS: Final = (
    _get(
        "listMembers",
        f"{_SEGMENT}/members",
        "Who is in it",
        ListOut[out.MemberOut],
        {
            **PAGE,
            "why": {"type": "string", "enum": ["true", "false"], "default": "false"},
            "format": {"type": "string", "enum": ["json", "csv"], "default": "json"},
        },
        "`format=csv` begins a job that writes all of them into a file, and answers 202 with its id.",
        ((202, out.JobStartedOut),),
    ),
    _get(
        "listLog",
        f"{_SEGMENT}/log",
        "Who came and went, and why; or what was done to it, and by whom",
        out.SegmentLogOut,
        {
            **PAGE,
            "kind": {"type": "string", "enum": ["membership", "definition", "state"], "default": "membership"},
            "cause": {"type": "string", "enum": list(CAUSES)},
        },
        "Newest first. `cause` is for memberships; with a filter, a page may be short and still not the last.",
    ),
    _get("listVersions", f"{_SEGMENT}/versions", "Its rules so far, newest first", ListOut[out.VersionOut], PAGE),
    Operation(
        "restoreVersion",
        "POST",
        f"{_SEGMENT}/restore",
        "Make an earlier rule the newest version",
        "Segments",
        Managed("marketer"),
        202,
        RestoreIn,
        SegmentOut,
        errors=(409, 412, 413),
        takes=("if-match",),
        description="A live segment is built anew, and fires nothing.",
    ),
    _get("getUsage", f"{_SEGMENT}/usage", "Who uses it", out.UsageOut, PAGE),
    _get(
        "getHistory",
        f"{_SEGMENT}/history",
        "Its days: size, entries and exits, by cause and condition",
        ListOut[out.DayOut],
        {"from": _DAY, "to": _DAY},
        "Oldest first, in days of the store's time zone, both ends included; without them the last 30.",
    ),
    _get(
        "getJob",
        "/v1/jobs/{job_id}",
        "How far long work is, and what came of it",
        out.JobOut,
        description="For a role that could have begun it: 403 otherwise.",
    ),
    Operation(
        "cancelJob",
        "DELETE",
        "/v1/jobs/{job_id}",
        "Call long work off",
        "Jobs",
        Managed("marketer"),
        204,
        errors=(409,),
        description="One that has ended stays as it ended. 409 for an erasure, 403 for a role that cannot begin it.",
    ),
)
