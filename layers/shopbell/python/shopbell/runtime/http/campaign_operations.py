"""The management calls about campaigns, and the least role for each."""

from typing import Final

from shopbell.domain.incoming.campaigns import CampaignIn, CampaignPatchIn, CampaignTestIn
from shopbell.domain.incoming.schedules import CampaignScheduleIn, CampaignSendIn
from shopbell.runtime.http import management_answers as out
from shopbell.runtime.http import progress_answers as told
from shopbell.runtime.http.campaign_answers import CampaignOut, TestOut
from shopbell.runtime.http.managed import change, get, make, remove, turn
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.reading import PAGE

_ONE: Final = "/v1/campaigns/{campaign_id}"
_STARTS: Final = ("if-match", "idempotency-key")

OPERATIONS: Final = (
    get("listCampaigns", "/v1/campaigns", "The store's campaigns, newest first", out.ListOut[CampaignOut], PAGE),
    make("createCampaign", "/v1/campaigns", "Write a campaign", CampaignIn, CampaignOut),
    get("getCampaign", _ONE, "One campaign", CampaignOut),
    change("editCampaign", _ONE, "Change a draft", CampaignPatchIn, CampaignOut),
    remove(
        "discardCampaign", _ONE, "Discard a draft", "It stays readable as cancelled, since reports name campaigns."
    ),
    Operation(
        "sendCampaign",
        "POST",
        f"{_ONE}/send",
        "Send a campaign",
        "Campaigns",
        Managed("marketer"),
        202,
        CampaignSendIn,
        CampaignOut,
        errors=(409, 412, 413),
        takes=_STARTS,
        bare=True,
        description=(
            "Once; the same Idempotency-Key gets the same answer, any other repeat 409. Unless it is sure to reach "
            "no more people than `approve_over` of the store it wants `expected_audience`, within 10 %, and 409 "
            "while a segment of it is still being built; where its `approval` is `second_person` it stays a draft "
            "with `approval` until another key approves."
        ),
    ),
    Operation(
        "scheduleCampaign",
        "POST",
        f"{_ONE}/schedule",
        "Have a campaign sent at its time",
        "Campaigns",
        Managed("marketer"),
        202,
        CampaignScheduleIn,
        CampaignOut,
        errors=(409, 412, 413),
        takes=_STARTS,
        bare=True,
        description=(
            "Once `at` an instant, or whenever `cron` comes, until `ends_at`; without either as the draft's "
            "`schedule` says. `visitor_local`: to each when their own clock shows that time. Repeats and approval "
            "as with `send`."
        ),
    ),
    turn(
        "unscheduleCampaign",
        f"{_ONE}/unschedule",
        "Make a scheduled campaign a draft again",
        CampaignOut,
        "409 once anything of it was sent.",
    ),
    turn(
        "approveCampaign",
        f"{_ONE}/approve",
        "Agree to what somebody asked for",
        CampaignOut,
        "It is sent or scheduled. 403 for the key that asked; 409 where nothing waits, or the audience has changed.",
    ),
    turn("pauseCampaign", f"{_ONE}/pause", "Hold a campaign", CampaignOut),
    turn("resumeCampaign", f"{_ONE}/resume", "Let a campaign go on", CampaignOut),
    turn("cancelCampaign", f"{_ONE}/cancel", "Give a campaign up", CampaignOut),
    Operation(
        "duplicateCampaign",
        "POST",
        f"{_ONE}/duplicate",
        "Write another draft that says the same",
        "Campaigns",
        Managed("marketer"),
        201,
        answer=CampaignOut,
        errors=(409,),
        takes=("idempotency-key",),
    ),
    Operation(
        "testCampaign",
        "POST",
        f"{_ONE}/test",
        "Try a campaign out on a few visitors",
        "Campaigns",
        Managed("marketer"),
        202,
        CampaignTestIn,
        TestOut,
        errors=(409, 413),
        takes=("idempotency-key",),
    ),
    Operation(
        "estimateCampaign",
        "POST",
        f"{_ONE}/estimate",
        "What a campaign would be if it were sent now",
        "Campaigns",
        Managed("viewer"),
        answer=told.OutlookOut,
        description="For how many, how long, how dear, and whether it would be too late.",
    ),
    get("getProgress", f"{_ONE}/progress", "How far a campaign is", told.ProgressOut),
)
