"""`shopbell visitors` and `shopbell report`: one person, and all of them."""

from typing import Final

from shopbell.local.client.campaigns import CSV, SPAN, report
from shopbell.local.client.command import Command, Option
from shopbell.local.client.run import Run
from shopbell.local.client.watching import job

_ONE: Final = "/v1/visitors/{visitor_id}"

_JOB: Final = "GET /v1/jobs/{job_id}"


def awaited(run: Run) -> int:
    """Begin the job and wait for it with its bar."""
    return job(run, run.send().body["job_id"], getattr(run.asked, "output", None))


COMMANDS: Final = (
    Command("visitors", "show", "traits, segments, cart, subscriptions, scores", f"GET {_ONE}"),
    Command(
        "visitors",
        "log",
        "which segments somebody entered and left, and why",
        f"GET {_ONE}/log",
        ("at", "change", "segment_id", "cause", "leaf", "version"),
        paged=True,
        query=(Option("cause", "only for this reason"),),
    ),
    Command(
        "visitors",
        "explain",
        "why somebody gets a campaign or a scenario, or not",
        f"GET {_ONE}/explain",
        query=(Option("campaign", "the id of a campaign"), Option("scenario", "the name of a scenario")),
    ),
    Command(
        "visitors",
        "render",
        "what somebody would see of a message",
        f"POST {_ONE}/render",
        file="what to render: source, content or variants, event, products",
    ),
    Command(
        "visitors",
        "timeline",
        "all that happened to somebody, newest first",
        f"GET {_ONE}/timeline",
        ("at", "kind", "said"),
        paged=True,
        query=(Option("kind", "only moments of this kind"),),
    ),
    Command(
        "visitors",
        "export",
        "all that is held of somebody, as one file",
        f"GET {_ONE}/export",
        query=(Option("output", "write it into this file", local=True),),
        act=awaited,
        also=(_JOB,),
    ),
    Command(
        "visitors",
        "suppress",
        "send somebody nothing any more",
        f"PUT {_ONE}/suppression",
        fixed={"suppressed": True},
        body=(Option("reason", "why, for whoever asks later"),),
    ),
    Command("visitors", "unsuppress", "send to somebody again", f"DELETE {_ONE}/suppression"),
    Command(
        "visitors",
        "erase",
        "forget somebody everywhere",
        f"DELETE {_ONE}",
        ask="Forget this person everywhere? Nothing brings them back.",
        act=awaited,
        also=(_JOB,),
    ),
    Command(
        "report",
        "overview",
        "subscribers, who came and went, and who may leave",
        "GET /v1/reports/overview",
        query=(*SPAN, CSV),
        act=report,
    ),
    Command(
        "report",
        "prompt",
        "what became of the permission prompt",
        "GET /v1/reports/prompt",
        query=(
            Option("prompt", "the prompt's name"),
            *SPAN,
            CSV,
        ),
        act=report,
    ),
    Command(
        "report",
        "campaign",
        "what became of a campaign",
        "GET /v1/campaigns/{campaign_id}/report",
        query=(*SPAN, CSV),
        act=report,
    ),
    Command(
        "report",
        "scenario",
        "what became of a scenario",
        "GET /v1/scenarios/{name}/report",
        query=(*SPAN, CSV),
        act=report,
    ),
    Command(
        "report",
        "segment",
        "what the members of a segment were worth",
        "GET /v1/segments/{segment_id}/report",
        query=(*SPAN, CSV),
        act=report,
    ),
    Command(
        "report",
        "overlap",
        "what segments have in common",
        "GET /v1/reports/segment-overlap",
        query=(Option("segments", "two to five ids, with commas between", required=True), CSV),
        act=report,
    ),
)
