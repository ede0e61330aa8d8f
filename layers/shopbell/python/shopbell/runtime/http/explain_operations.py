"""The call that says why a visitor gets a message, or does not."""

from typing import Final

from shopbell.domain.events import Json
from shopbell.runtime.http.explain_answers import ExplanationOut
from shopbell.runtime.http.operation import Managed, Operation

_NAME: Final[Json] = {"type": "string", "maxLength": 128}

OPERATIONS: Final = (
    Operation(
        "explainVisitor",
        "GET",
        "/v1/visitors/{visitor_id}/explain",
        "Why a visitor gets a message, or does not",
        "Visitors",
        Managed("viewer"),
        answer=ExplanationOut,
        errors=(409,),
        query={"campaign": _NAME, "scenario": _NAME},
        description=(
            "One of the two is asked for. `now`: every gate as it stands, in the order in which they are asked; the "
            "first that is not passed decides. A campaign is asked about as if it were sent at this moment, a "
            "scenario by the message that waits for the visitor, else by its first; a marketer's own trigger by "
            "`fly_mode:<id>`. Of a scenario that goes to so many people, `max_recipients` says first whether the "
            "lots of its next run, at `run_at`, draw the visitor as things stand. Where the visitor is not in the "
            "audience, `failing` names the conditions that keep "
            "them out. `recorded`: the latest message, and what the gates that were closed to it rested on."
        ),
    ),
)
