"""`shopbell segments`: who is in them, why, and what is done to them."""

import csv
import io
from typing import Final

from shopbell.app.exporting import cell
from shopbell.local.client.command import Command, Option
from shopbell.local.client.editing import edit
from shopbell.local.client.keeping import keep
from shopbell.local.client.run import PAGE, Run, listed, pages

_ONE: Final = "/v1/segments/{segment_id}"
_MEMBER: Final = ("visitor_id", "entered_at", "expires_at", "reachable", "version")
_LIST: Final = ("id", "name", "state", "size.total", "size.reachable", "used_by", "tags", "last_changed_at")


def members(run: Run) -> int:
    """A page of members, or with --csv all of them into a file; its exit status."""
    if run.asked.csv is None:
        return listed(run)
    count, out = 0, io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_MEMBER)
    for page in pages(run, limit=str(PAGE)):
        writer.writerows(
            [cell(str(one["visitor_id"])), *(one[name] for name in _MEMBER[1:])] for one in page["items"]
        )
        count += len(page["items"])
    keep(run.asked.csv, out.getvalue().encode())
    run.err.write(f"{count} members in {run.asked.csv}\n")
    return 0


COMMANDS: Final = (
    Command(
        "segments",
        "list",
        "the store's segments",
        "GET /v1/segments",
        _LIST,
        paged=True,
        query=(
            Option("q", "words of the name"),
            Option("state", "only in this state", choices=("draft", "building", "active", "paused", "archived")),
            Option("tag", "only with this tag"),
            Option("sort", "name, size, last_changed_at and others"),
        ),
    ),
    Command("segments", "show", "one segment, its rule in words", f"GET {_ONE}"),
    Command(
        "segments",
        "preview",
        "how many a rule would hold, and who",
        "POST /v1/segments/preview",
        file="a rule",
        wrap="rule",
    ),
    Command(
        "segments", "create", "a new draft", "POST /v1/segments", file="a segment: name, rule, description, tags"
    ),
    Command(
        "segments",
        "edit",
        "change fields of a segment",
        f"PATCH {_ONE}",
        file="the fields that change",
        edits=True,
        act=edit,
        also=(f"GET {_ONE}",),
    ),
    Command("segments", "activate", "build a segment and keep it true", f"POST {_ONE}/activate"),
    Command("segments", "pause", "stop keeping a segment true", f"POST {_ONE}/pause"),
    Command("segments", "archive", "put a segment away", f"DELETE {_ONE}", ask="Archive this segment?"),
    Command(
        "segments",
        "members",
        "who is in it",
        f"GET {_ONE}/members",
        _MEMBER,
        paged=True,
        query=(Option("csv", "write all of them into this file", local=True),),
        act=members,
    ),
    Command(
        "segments",
        "log",
        "who came and went, and why; or what was done to it",
        f"GET {_ONE}/log",
        ("at", "change", "visitor_id", "cause", "leaf", "by", "state", "version"),
        paged=True,
        query=(
            Option("kind", "of what happened", choices=("membership", "definition", "state")),
            Option("cause", "only for this reason"),
        ),
    ),
    Command(
        "segments",
        "history",
        "its size day by day",
        f"GET {_ONE}/history",
        ("day", "size", "entered", "exited"),
        query=(Option("from", "first day, 2026-05-17"), Option("to", "last day")),
    ),
    Command(
        "segments",
        "impact",
        "who would come and go under another rule",
        f"POST {_ONE}/impact",
        file="a rule",
        wrap="rule",
    ),
    Command(
        "segments",
        "versions",
        "the rules that it had",
        f"GET {_ONE}/versions",
        ("version", "at", "by", "current", "name", "sentence"),
        paged=True,
    ),
    Command(
        "segments",
        "restore",
        "make an earlier rule the newest",
        f"POST {_ONE}/restore",
        body=(Option("version", "whose rule", "number", required=True),),
    ),
    Command(
        "segments",
        "suggestions",
        "rules that might be worth a segment",
        "GET /v1/segments/suggestions",
        ("sentence", "size", "rule"),
    ),
    Command(
        "segments",
        "usage",
        "what uses it, and whether it may be archived",
        f"GET {_ONE}/usage",
        ("kind", "id", "name", "state", "holds"),
        paged=True,
    ),
)
