"""`shopbell scenarios` and `shopbell triggers`: what the store sends by itself."""

from typing import Final

from shopbell.local.client.campaigns import CSV, SPAN, report
from shopbell.local.client.command import Command, Option
from shopbell.local.client.editing import edit
from shopbell.local.client.run import Run
from shopbell.local.client.scenariobody import PUT, body_of
from shopbell.local.client.watching import job

_ONE: Final = "/v1/scenarios/{name}"
_TRIGGER: Final = "/v1/triggers/{trigger_id}"


def switch(run: Run) -> int:
    """Turn a scenario on or off and leave the rest as it was read."""
    read = run.call("GET", run.path())
    body = {**body_of(read.body), **run.command.fixed}
    run.show(run.call("PUT", run.path(), body, headers=run.onto(read)).body)
    return 0


def dry_run(run: Run) -> int:
    """A sample at once; with --all everybody, as a job with its bar."""
    answer = run.send(run.body()).body
    if "job_id" in answer:
        return job(run, answer["job_id"])
    run.show(answer)
    return 0


COMMANDS: Final = (
    Command(
        "scenarios",
        "list",
        "every scenario there is",
        "GET /v1/scenarios",
        ("name", "title", "enabled", "available", "next_run_at", "warnings"),
        paged=True,
    ),
    Command("scenarios", "show", "one scenario with its parameters explained", f"GET {_ONE}"),
    Command(
        "scenarios",
        "set",
        "replace what a scenario does",
        PUT,
        file="a scenario",
        edits=True,
        act=edit,
        also=(f"GET {_ONE}",),
    ),
    Command("scenarios", "enable", "turn it on", PUT, fixed={"enabled": True}, act=switch, also=(f"GET {_ONE}",)),
    Command("scenarios", "disable", "turn it off", PUT, fixed={"enabled": False}, act=switch, also=(f"GET {_ONE}",)),
    Command(
        "scenarios",
        "dry-run",
        "who would get what, who would not, and why",
        f"POST {_ONE}/dry-run",
        body=(
            Option("as_of", "the moment that it is tried at, RFC 3339"),
            Option("all", "everybody instead of a sample", "flag"),
            Option("product_id", "a product that is supposed to change now"),
            Option("price", "to this price, in minor units", "number"),
            Option("in_stock", "or to being there again", "flag"),
        ),
        act=dry_run,
        also=("GET /v1/jobs/{job_id}",),
    ),
    Command("scenarios", "report", "what became of it", f"GET {_ONE}/report", query=(*SPAN, CSV), act=report),
    Command(
        "triggers",
        "list",
        "rules that answer one event",
        "GET /v1/triggers",
        ("id", "name", "event", "delay", "enabled", "warnings"),
        paged=True,
    ),
    Command("triggers", "show", "one trigger", f"GET {_TRIGGER}"),
    Command("triggers", "create", "a new trigger", "POST /v1/triggers", file="a trigger"),
    Command(
        "triggers",
        "edit",
        "change fields of a trigger",
        f"PATCH {_TRIGGER}",
        file="the fields that change",
        edits=True,
        act=edit,
        also=(f"GET {_TRIGGER}",),
    ),
    Command("triggers", "delete", "delete a trigger", f"DELETE {_TRIGGER}", ask="Delete this trigger?"),
)
