"""The management calls: what marketers and owners may do, and the least role for each."""

from collections.abc import Mapping
from typing import Final, get_args

from pydantic import BaseModel

from shopbell.app.management.segments.lines import CAUSES
from shopbell.app.management.segments.read import SortKey
from shopbell.domain.events import Json
from shopbell.domain.incoming.campaigns import CampaignIn, CampaignPatchIn, CampaignTestIn
from shopbell.domain.incoming.scenarios import ScenarioIn
from shopbell.domain.incoming.segments import SegmentIn, SegmentPatchIn
from shopbell.domain.incoming.stores import StorePatchIn
from shopbell.runtime.http import (
    explain_operations,
    key_operations,
    life_operations,
    list_operations,
    product_operations,
    prompt_calls,
    survey_operations,
    trial_operations,
    trigger_operations,
)
from shopbell.runtime.http import management_answers as out
from shopbell.runtime.http import scenario_answers as scenario
from shopbell.runtime.http import store_answers as store
from shopbell.runtime.http.operation import Managed, Method, Operation
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


def _get(
    name: str, path: str, summary: str, answer: type[BaseModel], query: Mapping[str, Json] | None = None
) -> Operation:
    return Operation(name, "GET", path, summary, _tag(path), _VIEWER, answer=answer, query=query or {})


def _make(name: str, path: str, summary: str, body: type[BaseModel], answer: type[BaseModel]) -> Operation:
    takes = ("idempotency-key",)
    return Operation(
        name, "POST", path, summary, _tag(path), _MARKETER, 201, body, answer, errors=(409, 413), takes=takes
    )


def _change(
    name: str, path: str, summary: str, body: type[BaseModel], answer: type[BaseModel], access: Managed = _MARKETER
) -> Operation:
    errors = (409, 412, 413)
    return Operation(
        name, "PATCH", path, summary, _tag(path), access, 200, body, answer, errors=errors, takes=("if-match",)
    )


def _turn(name: str, path: str, summary: str, answer: type[BaseModel], description: str = "") -> Operation:
    """A call that moves something from one state to another, and may be repeated."""
    takes = ("if-match", "idempotency-key") if name == "sendCampaign" else ("if-match",)
    return Operation(
        name,
        "POST",
        path,
        summary,
        _tag(path),
        _MARKETER,
        202,
        answer=answer,
        errors=(409, 412),
        takes=takes,
        description=description,
    )


def _remove(name: str, path: str, summary: str, description: str) -> Operation:
    method: Method = "DELETE"
    return Operation(
        name,
        method,
        path,
        summary,
        _tag(path),
        _MARKETER,
        204,
        errors=(409, 412),
        takes=("if-match",),
        description=description,
    )


def _tag(path: str) -> str:
    return path.split("/")[2].title()


OPERATIONS: Final = (
    _get("listSegments", "/v1/segments", "The store's segments", out.ListOut[out.SegmentOut], _SEGMENT_QUERY),
    _make("createSegment", "/v1/segments", "Write a segment", SegmentIn, out.SegmentOut),
    _get("getSegment", "/v1/segments/{segment_id}", "One segment", out.SegmentOut),
    _change("editSegment", "/v1/segments/{segment_id}", "Change a segment", SegmentPatchIn, out.SegmentOut),
    _remove(
        "archiveSegment",
        "/v1/segments/{segment_id}",
        "Put a segment away",
        "409 with its users while it is active and used, or something live depends on it.",
    ),
    _turn(
        "activateSegment",
        "/v1/segments/{segment_id}/activate",
        "Switch a segment on",
        out.SegmentOut,
        "It is `building` until every visitor was looked at.",
    ),
    _turn("pauseSegment", "/v1/segments/{segment_id}/pause", "Switch a segment off", out.SegmentOut),
    _get("listCampaigns", "/v1/campaigns", "The store's campaigns, newest first", out.ListOut[out.CampaignOut], PAGE),
    _make("createCampaign", "/v1/campaigns", "Write a campaign", CampaignIn, out.CampaignOut),
    _get("getCampaign", "/v1/campaigns/{campaign_id}", "One campaign", out.CampaignOut),
    _change("editCampaign", "/v1/campaigns/{campaign_id}", "Change a draft", CampaignPatchIn, out.CampaignOut),
    _remove(
        "discardCampaign",
        "/v1/campaigns/{campaign_id}",
        "Discard a draft",
        "It stays readable as cancelled, since reports name campaigns.",
    ),
    _turn(
        "sendCampaign",
        "/v1/campaigns/{campaign_id}/send",
        "Send a campaign",
        out.CampaignOut,
        "Once; the same Idempotency-Key gets the same answer, any other repeat 409.",
    ),
    _turn("pauseCampaign", "/v1/campaigns/{campaign_id}/pause", "Hold a campaign", out.CampaignOut),
    _turn("resumeCampaign", "/v1/campaigns/{campaign_id}/resume", "Let a campaign go on", out.CampaignOut),
    _turn("cancelCampaign", "/v1/campaigns/{campaign_id}/cancel", "Give a campaign up", out.CampaignOut),
    Operation(
        "testCampaign",
        "POST",
        "/v1/campaigns/{campaign_id}/test",
        "Try a campaign out on a few visitors",
        "Campaigns",
        _MARKETER,
        202,
        CampaignTestIn,
        out.TestOut,
        errors=(409, 413),
    ),
    _get("getReport", "/v1/campaigns/{campaign_id}/report", "What became of a campaign", out.ReportOut),
    _get("listScenarios", "/v1/scenarios", "All scenarios", out.ListOut[scenario.ScenarioOut]),
    _get("getScenario", "/v1/scenarios/{name}", "One scenario", scenario.ScenarioOut),
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
    _get("getScenarioReport", "/v1/scenarios/{name}/report", "What became of a scenario", out.ReportOut),
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
    _get("getVisitor", "/v1/visitors/{visitor_id}", "What is known of a visitor", store.VisitorOut),
    _get("getStore", "/v1/store", "The store's settings", store.StoreOut),
    _change("editStore", "/v1/store", "Change the store's settings", StorePatchIn, store.StoreOut, _ADMIN),
    *explain_operations.OPERATIONS,
    *survey_operations.OPERATIONS,
    *list_operations.OPERATIONS,
    *life_operations.OPERATIONS,
    *key_operations.OPERATIONS,
    *product_operations.OPERATIONS,
    *trigger_operations.OPERATIONS,
    *trial_operations.OPERATIONS,
    *prompt_calls.OPERATIONS,
)
