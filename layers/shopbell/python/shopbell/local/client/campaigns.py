"""`shopbell campaigns`: from a draft to its report."""

from typing import Final

from shopbell.local.client.command import Command, Option
from shopbell.local.client.editing import edit
from shopbell.local.client.http import CSV_TYPE
from shopbell.local.client.run import Run
from shopbell.local.client.watching import progress

_ONE: Final = "/v1/campaigns/{campaign_id}"
_EXPECTED: Final = Option("expected_audience", "how many people are meant, for a store that asks", "number")


def send(run: Run) -> int:
    """Say how many it reaches and what it costs, ask, send."""
    if not run.asked.yes:
        told = run.call("POST", run.path(f"{_ONE}/estimate")).body
        run.confirm(
            f"Send to {told['audience']} visitors ({told['reachable']} reachable, about {told['cost_usd']:.2f} USD)?"
        )
    run.show(run.send(run.body()).body)
    return 0


def report(run: Run) -> int:
    """The report; with --csv the API's own table of it."""
    if run.asked.csv:
        query = {**run.query(), "format": "csv"}
        run.out.write(run.call("GET", run.path(), query=query, headers={"Accept": CSV_TYPE}).body)
    else:
        run.show(run.send().body)
    return 0


SPAN: Final = (
    Option("from", "first day, 2026-05-17"),
    Option("to", "last day"),
    Option("by", "a line for each", choices=("hour", "day")),
)
CSV: Final = Option("csv", "print it as CSV", "flag", local=True)

COMMANDS: Final = (
    Command(
        "campaigns",
        "list",
        "the store's campaigns, newest first",
        "GET /v1/campaigns",
        ("id", "name", "status", "next_run_at", "sent_at", "updated_at"),
        paged=True,
    ),
    Command("campaigns", "show", "one campaign", f"GET {_ONE}"),
    Command("campaigns", "create", "write a campaign", "POST /v1/campaigns", file="a campaign"),
    Command(
        "campaigns",
        "edit",
        "change a draft",
        f"PATCH {_ONE}",
        file="the fields that change",
        edits=True,
        act=edit,
        also=(f"GET {_ONE}",),
    ),
    Command("campaigns", "discard", "discard a draft", f"DELETE {_ONE}", ask="Discard this campaign?"),
    Command("campaigns", "duplicate", "write another draft that says the same", f"POST {_ONE}/duplicate"),
    Command("campaigns", "estimate", "whom it would reach, how long, at what cost", f"POST {_ONE}/estimate"),
    Command(
        "campaigns",
        "test",
        "try it out on a few visitors",
        f"POST {_ONE}/test",
        positionals=(Option("visitor_ids", "visitors who get it now", "words"),),
        body=(Option("variant", "this variant"),),
    ),
    Command(
        "campaigns",
        "send",
        "send it, after a look at whom it reaches",
        f"POST {_ONE}/send",
        body=(_EXPECTED, Option("yes", "do not ask", "flag", local=True)),
        act=send,
        also=(f"POST {_ONE}/estimate",),
    ),
    Command(
        "campaigns",
        "schedule",
        "have it sent at its time",
        f"POST {_ONE}/schedule",
        body=(
            Option("at", "once, at this full minute, RFC 3339"),
            Option("cron", "again and again, as `0 18 ? * THU *`"),
            Option("time_zone", "of the clock that is meant (default: the store's)"),
            Option("visitor_local", "to each when their own clock shows that time", "flag"),
            Option("best_hour", "to each at their best hour within the day that follows", "flag"),
            Option("ends_at", "no more after this instant"),
            _EXPECTED,
        ),
    ),
    Command("campaigns", "unschedule", "make a scheduled campaign a draft again", f"POST {_ONE}/unschedule"),
    Command(
        "campaigns", "approve", "agree to what somebody else asked for", f"POST {_ONE}/approve", ask="Agree to it?"
    ),
    Command("campaigns", "pause", "hold it", f"POST {_ONE}/pause"),
    Command("campaigns", "resume", "let it go on", f"POST {_ONE}/resume"),
    Command("campaigns", "cancel", "give it up", f"POST {_ONE}/cancel", ask="Give this campaign up?"),
    Command(
        "campaigns",
        "progress",
        "how far it is",
        f"GET {_ONE}/progress",
        query=(Option("watch", "a bar until it is through", "flag", local=True),),
        act=progress,
    ),
    Command("campaigns", "report", "what became of it", f"GET {_ONE}/report", query=(*SPAN, CSV), act=report),
)
