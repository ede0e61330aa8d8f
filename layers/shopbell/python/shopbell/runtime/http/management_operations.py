"""The management calls: what marketers and owners may do, and the least role for each."""

from collections.abc import Mapping
from typing import Final, get_args

from shopbell.app.management.segments.lines import CAUSES
from shopbell.app.management.segments.read import SortKey
from shopbell.domain.events import Json
from shopbell.domain.incoming.scenarios import ScenarioIn
from shopbell.domain.incoming.segments import SegmentIn, SegmentPatchIn
from shopbell.domain.incoming.stores import StorePatchIn
from shopbell.runtime.http import (
    audit_calls,
    campaign_operations,
    checklist_calls,
    coupon_operations,
    explain_operations,
    key_operations,
    life_operations,
    list_operations,
    overview_calls,
    product_list_calls,
    product_operations,
    prompt_calls,
    report_calls,
    segment_overlap_calls,
    segment_report_calls,
    survey_operations,
    trial_operations,
    trigger_operations,
    vapid_operations,
    visitor_operations,
    webhook_operations,
)
from shopbell.runtime.http import management_answers as out
from shopbell.runtime.http import scenario_answers as scenario
from shopbell.runtime.http import store_answers as store
from shopbell.runtime.http.managed import change, get, make, remove, turn
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_VIEWER: Final = Managed("viewer")
_MARKETER: Final = Managed("marketer")
_ADMIN: Final = Managed("admin")
_SEGMENT_QUERY: Final[Mapping[str, Json]] = {
    **PAGE,
    "q": {"type": "string", "maxLength": 200},
    "state": {"type": "string", "enum": ["draft", "building", "active", "paused", "archived"]},
    "used": {"type": "string", "enum": ["true", "false"]},
    "tag": {"type": "string", "maxLength": 128},
    "by": {"type": "string", "maxLength": 128, "description": "The key that made it, as `created_by` names it."},
    "sort": {"type": "string", "enum": list(get_args(SortKey)), "default": "name"},
}

OPERATIONS: Final = (
    get("listSegments", "/v1/segments", "The store's segments", out.ListOut[out.SegmentOut], _SEGMENT_QUERY),
    make("createSegment", "/v1/segments", "Write a segment", SegmentIn, out.SegmentOut),
    get("getSegment", "/v1/segments/{segment_id}", "One segment", out.SegmentOut),
    change("editSegment", "/v1/segments/{segment_id}", "Change a segment", SegmentPatchIn, out.SegmentOut),
    remove(
        "archiveSegment",
        "/v1/segments/{segment_id}",
        "Put a segment away",
        "409 with its users while it is active and used, or something live depends on it.",
    ),
    turn(
        "activateSegment",
        "/v1/segments/{segment_id}/activate",
        "Switch a segment on",
        out.SegmentOut,
        "It is `building` until every visitor was looked at.",
    ),
    turn("pauseSegment", "/v1/segments/{segment_id}/pause", "Switch a segment off", out.SegmentOut),
    *campaign_operations.OPERATIONS,
    get("listScenarios", "/v1/scenarios", "All scenarios", out.ListOut[scenario.ScenarioOut], PAGE),
    get("getScenario", "/v1/scenarios/{name}", "One scenario", scenario.ScenarioOut),
    Operation(
        "putScenario",
        "PUT",
        "/v1/scenarios/{name}",
        "Set a scenario",
        "Scenarios",
        _MARKETER,
        200,
        ScenarioIn,
        scenario.ScenarioOut,
        errors=(409, 412, 413),
        takes=("if-match",),
        description=(
            "The whole of it: what is left out is as it is shipped. Switching on sends nothing to those who are in "
            "the audience already. `warnings` say what keeps it from being sent."
        ),
    ),
    Operation(
        "listVisitorLog",
        "GET",
        "/v1/visitors/{visitor_id}/log",
        "Where a visitor went",
        "Visitors",
        _VIEWER,
        answer=out.ListOut[out.LogLineOut],
        query={**PAGE, "cause": {"type": "string", "enum": list(CAUSES)}},
        description="Newest first, without hidden segments. A page may be short and still not the last.",
    ),
    get("getVisitor", "/v1/visitors/{visitor_id}", "What is known of a visitor", store.VisitorOut),
    get("getStore", "/v1/store", "The store's settings", store.StoreOut),
    change("editStore", "/v1/store", "Change the store's settings", StorePatchIn, store.StoreOut, _ADMIN),
    *explain_operations.OPERATIONS,
    *survey_operations.OPERATIONS,
    *list_operations.OPERATIONS,
    *life_operations.OPERATIONS,
    *key_operations.OPERATIONS,
    *product_operations.OPERATIONS,
    *product_list_calls.OPERATIONS,
    *trigger_operations.OPERATIONS,
    *trial_operations.OPERATIONS,
    *prompt_calls.OPERATIONS,
    *report_calls.OPERATIONS,
    *overview_calls.OPERATIONS,
    *segment_report_calls.OPERATIONS,
    *segment_overlap_calls.OPERATIONS,
    *coupon_operations.OPERATIONS,
    *vapid_operations.OPERATIONS,
    *audit_calls.OPERATIONS,
    *checklist_calls.OPERATIONS,
    *visitor_operations.OPERATIONS,
    *webhook_operations.OPERATIONS,
)
