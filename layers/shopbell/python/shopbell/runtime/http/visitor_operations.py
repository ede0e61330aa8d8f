"""The calls about one visitor: their timeline, what is held of them, that they be left alone or forgotten."""

from typing import Final

from shopbell.app.management.timeline import KINDS
from shopbell.domain.incoming.suppression import SuppressionIn
from shopbell.runtime.http import visitor_answers as out
from shopbell.runtime.http.life_answers import JobStartedOut
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_VISITOR: Final = "/v1/visitors/{visitor_id}"
_ADMIN: Final = Managed("admin")
_MARKETER: Final = Managed("marketer")

OPERATIONS: Final = (
    Operation(
        "listTimeline",
        "GET",
        f"{_VISITOR}/timeline",
        "Everything about a visitor, newest first",
        "Visitors",
        Managed("viewer"),
        answer=ListOut[out.MomentOut],
        query={**PAGE, "kind": {"type": "string", "enum": [*KINDS]}},
        description="Under whatever id it was reported. Of messages the newest 64 that were sent are remembered.",
    ),
    Operation(
        "exportVisitor",
        "GET",
        f"{_VISITOR}/export",
        "All that is held of a visitor",
        "Visitors",
        _ADMIN,
        202,
        answer=JobStartedOut,
        description="Begins a job that writes one JSON file: see `download_url` of `GET /v1/jobs/{job_id}`.",
    ),
    Operation(
        "eraseVisitor",
        "DELETE",
        _VISITOR,
        "Forget a visitor",
        "Visitors",
        _ADMIN,
        202,
        answer=JobStartedOut,
        errors=(404,),
        description=(
            "Everywhere, with all ids of the person. Nothing is sent from now on; the job ends when nothing is left, "
            "after about ten minutes. For 30 days nothing is taken that names one of these ids."
        ),
    ),
    Operation(
        "suppressVisitor",
        "PUT",
        f"{_VISITOR}/suppression",
        "Send a visitor nothing, or again",
        "Visitors",
        _MARKETER,
        200,
        SuppressionIn,
        out.SuppressedOut,
        errors=(404, 413),
        description="Holds within seconds, whatever the message, and for who they turn out to be.",
    ),
    Operation(
        "unsuppressVisitor",
        "DELETE",
        f"{_VISITOR}/suppression",
        "Let a visitor be sent to again",
        "Visitors",
        _MARKETER,
        204,
        errors=(404,),
    ),
)
