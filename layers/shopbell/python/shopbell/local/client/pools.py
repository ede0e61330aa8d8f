"""`shopbell pools`, `lists` and `jobs`: codes to give away, people on static lists, and long work."""

from typing import Final

from shopbell.local.client.command import Command, Option
from shopbell.local.client.editing import edit
from shopbell.local.client.imports import FILE, JOBS, codes, people, sent
from shopbell.local.client.run import Run, listed
from shopbell.local.client.watching import job

_POOL: Final = "/v1/coupon-pools/{pool_id}"
_LIST: Final = "/v1/lists/{list_id}"
_JOB: Final = "/v1/jobs/{job_id}"


def some_codes(run: Run) -> int:
    """A page of codes, or with --csv all of them in a file that a job writes."""
    if run.asked.csv is None:
        return listed(run)
    query = {**run.query(), "format": "csv"}
    begun = run.call("GET", run.path(), query=query).body
    return job(run, begun["job_id"], run.asked.csv)


def generate(run: Run) -> int:
    """Codes that nobody can guess."""
    return sent(run, {"generate": {"pattern": run.asked.pattern, "count": run.asked.count}})


def watched(run: Run) -> int:
    """Once, or with --watch until it ends."""
    if run.asked.watch or run.asked.output:
        return job(run, run.asked.job_id, run.asked.output)
    run.show(run.send().body)
    return 0


COMMANDS: Final = (
    Command(
        "pools",
        "list",
        "pools of coupon codes",
        "GET /v1/coupon-pools",
        ("id", "name", "discount", "free", "assigned", "redeemed", "expires_at", "warnings"),
        paged=True,
    ),
    Command("pools", "show", "one pool, and how many codes are left", f"GET {_POOL}"),
    Command(
        "pools", "create", "a pool without codes", "POST /v1/coupon-pools", file="a pool: name, id, discount, popup"
    ),
    Command(
        "pools",
        "edit",
        "change fields of a pool",
        f"PATCH {_POOL}",
        file="the fields that change",
        edits=True,
        act=edit,
        also=(f"GET {_POOL}",),
    ),
    Command("pools", "delete", "give no code of it away any more", f"DELETE {_POOL}", ask="Put this pool away?"),
    Command(
        "pools",
        "codes",
        "its codes and what became of them",
        f"GET {_POOL}/codes",
        ("code", "state", "visitor_id", "assigned_at", "expires_at", "order_id"),
        paged=True,
        query=(
            Option("state", "only in this state", choices=("free", "assigned", "redeemed")),
            Option("csv", "write all of them into this file", local=True),
        ),
        act=some_codes,
        also=(JOBS,),
    ),
    Command(
        "pools",
        "fill",
        "add codes: the first column of a CSV",
        f"POST {_POOL}/codes",
        positionals=(FILE,),
        act=codes,
        also=(JOBS,),
    ),
    Command(
        "pools",
        "generate",
        "add codes made up by chance",
        f"POST {_POOL}/codes",
        positionals=(Option("pattern", "such as WELCOME-{8}", local=True),),
        body=(Option("count", "how many", "number", local=True, required=True),),
        act=generate,
        also=(JOBS,),
    ),
    Command(
        "lists",
        "list",
        "static lists of people",
        "GET /v1/lists",
        ("id", "name", "size", "used_by", "description"),
        paged=True,
    ),
    Command("lists", "show", "one list", f"GET {_LIST}"),
    Command(
        "lists",
        "create",
        "a list that nobody is on",
        "POST /v1/lists",
        positionals=(Option("name", "what people call it"),),
        body=(Option("id", "what rules call it"), Option("description", "whom it is for")),
    ),
    Command("lists", "delete", "delete a list with its members", f"DELETE {_LIST}", ask="Delete this list?"),
    Command(
        "lists",
        "members",
        "put visitors on it or take them off: their ids, one a line",
        f"PUT {_LIST}/members",
        positionals=(FILE,),
        body=(Option("mode", "what becomes of who is in it", choices=("add", "remove", "replace")),),
        act=people,
        also=(JOBS,),
    ),
    Command(
        "jobs",
        "show",
        "how far long work is, and what it made",
        f"GET {_JOB}",
        query=(
            Option("watch", "a bar until it ends", "flag", local=True),
            Option("output", "wait, and write what it made into this file", local=True),
        ),
        act=watched,
    ),
    Command("jobs", "cancel", "stop long work", f"DELETE {_JOB}", ask="Stop this job?"),
)
