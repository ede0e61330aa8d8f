"""The calls about a marketer's own triggers, and the least role for each."""

from typing import Final

from shopbell.domain.incoming.triggers import TriggerIn, TriggerPatchIn
from shopbell.runtime.http.management_answers import ListOut
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE
from shopbell.runtime.http.scenario_answers import TriggerOut

_VIEWER: Final = Managed("viewer")
_MARKETER: Final = Managed("marketer")
_TRIGGER: Final = "/v1/triggers/{trigger_id}"

OPERATIONS: Final = (
    Operation(
        "listTriggers",
        "GET",
        "/v1/triggers",
        "The store's own triggers (fly mode)",
        "Triggers",
        _VIEWER,
        answer=ListOut[TriggerOut],
        query=PAGE,
    ),
    Operation(
        "createTrigger",
        "POST",
        "/v1/triggers",
        "Say what is sent when something happens",
        "Triggers",
        _MARKETER,
        201,
        TriggerIn,
        TriggerOut,
        errors=(409, 413),
        takes=("idempotency-key",),
        description=(
            "The audience is asked on the state that the event itself made. Events that are older than an hour or "
            "part of a backfill start nothing. `parameters` are those that all scenarios share."
        ),
    ),
    Operation("getTrigger", "GET", _TRIGGER, "One trigger", "Triggers", _VIEWER, answer=TriggerOut),
    Operation(
        "editTrigger",
        "PATCH",
        _TRIGGER,
        "Change a trigger",
        "Triggers",
        _MARKETER,
        200,
        TriggerPatchIn,
        TriggerOut,
        errors=(409, 412, 413),
        takes=("if-match",),
    ),
    Operation(
        "deleteTrigger",
        "DELETE",
        _TRIGGER,
        "Delete a trigger",
        "Triggers",
        _MARKETER,
        204,
        errors=(409, 412),
        takes=("if-match",),
        description="What was waiting for it is not sent; its report stays.",
    ),
)
