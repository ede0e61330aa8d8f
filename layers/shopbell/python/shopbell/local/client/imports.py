"""`shopbell import`: files of subscribers, products, codes and people, how far they are, which lines failed."""

from pathlib import Path
from typing import Any, Final

from shopbell.local.client import documents
from shopbell.local.client.command import Command, Option
from shopbell.local.client.http import UnreachableError, exchange
from shopbell.local.client.run import Run
from shopbell.local.client.watching import job

INLINE: Final = 4_000_000
"""Bytes that go in the call itself; what is longer is put where the API says first."""
UPLOADS: Final = "POST /v1/uploads"
JOBS: Final = "GET /v1/jobs/{job_id}"
FILE: Final = Option("file", "the file", local=True)
_GOOD: Final = range(200, 300)


def feed(run: Run) -> int:
    """Products from a feed."""
    return sent(run, {**run.command.fixed, **run.body_of_options(), **_content(run)})


def subscribers(run: Run) -> int:
    """Subscribers of another provider, with the key pair that they subscribed with."""
    return sent(run, {**run.body_of_options(), "vapid": documents.read(run.asked.vapid), **_content(run)})


def codes(run: Run) -> int:
    """Coupon codes: the first column of a CSV."""
    return sent(run, {"csv": _text(run)})


def people(run: Run) -> int:
    """Visitor ids, one a line."""
    return sent(run, {**run.body_of_options(), "visitor_ids": _text(run).splitlines()})


def put(url: str, file: Path) -> None:
    """Lay a file where an upload is taken; the key stays here. Raises UnreachableError."""
    with file.open("rb") as content:
        status, _, _ = exchange("PUT", url, content, {"Content-Length": str(file.stat().st_size)})
    if status not in _GOOD:
        raise UnreachableError(f"{file} was not taken: {status}; repeat the command")


def _content(run: Run) -> dict[str, Any]:
    file = Path(run.asked.file)
    if file.exists() and file.stat().st_size > INLINE:
        opened = run.call("POST", "/v1/uploads").body
        put(opened["url"], file)
        return {"upload_id": opened["upload_id"]}
    return {"data": _text(run)}


def _text(run: Run) -> str:
    try:
        return Path(run.asked.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise documents.UnreadableError(f"{run.asked.file} cannot be read: {documents.unread(exc)}") from exc


def sent(run: Run, body: dict[str, Any]) -> int:
    """The call with what it says of lines that failed, and its job with a bar; 1 when a line failed."""
    told = run.send(body).body
    faults = told.get("errors") or ()
    for fault in faults:
        run.err.write(f"  line {fault['line']}: {fault['message']}\n")
    if "job_id" in told:
        ended = job(run, told["job_id"])
    else:
        run.show(told)
        ended = 0
    return 1 if faults else ended


COMMANDS: Final = (
    Command(
        "import",
        "subscribers",
        "browsers that subscribed with another provider",
        "POST /v1/subscriptions/import",
        positionals=(FILE,),
        body=(
            Option("format", "of the file", choices=("csv", "ndjson"), required=True),
            Option("vapid", "a file with public_key and private_key of that provider", local=True, required=True),
        ),
        act=subscribers,
        also=(UPLOADS, JOBS),
    ),
    Command(
        "import",
        "feed",
        "products from a feed",
        "POST /v1/feeds",
        positionals=(FILE,),
        body=(
            Option("format", "of the file", choices=("csv", "jsonl", "google_xml"), required=True),
            Option("mode", "full takes out of sale what the feed does not name", choices=("partial", "full")),
            Option("least_percent", "of the products that a full feed must name", "number"),
        ),
        act=feed,
        also=(UPLOADS, JOBS),
    ),
    Command(
        "import",
        "codes",
        "coupon codes into a pool: the first column of a CSV",
        "POST /v1/coupon-pools/{pool_id}/codes",
        positionals=(FILE,),
        act=codes,
        also=(JOBS,),
    ),
    Command(
        "import",
        "list",
        "visitor ids, one a line, into a list",
        "PUT /v1/lists/{list_id}/members",
        positionals=(FILE,),
        body=(Option("mode", "what becomes of who is in it", choices=("add", "remove", "replace")),),
        act=people,
        also=(JOBS,),
    ),
)
