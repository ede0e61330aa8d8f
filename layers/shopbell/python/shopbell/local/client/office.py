"""`shopbell keys`, `vapid`, `audit` and the settings of `store`: who may do what, and what was done."""

from typing import Final

from shopbell.local.client import documents
from shopbell.local.client.command import Command, Option
from shopbell.local.client.run import Run

_ONE: Final = "/v1/keys/{key_id}"
_STORE: Final = "/v1/store"


def change(run: Run) -> int:
    """Set the named fields of a store that nobody changes meanwhile."""
    body = dict(_pair(text) for text in run.asked.settings)
    read = run.call("GET", _STORE)
    run.show(run.call("PATCH", _STORE, body, headers=run.onto(read)).body)
    return 0


def checklist(run: Run) -> int:
    """What a store still lacks; 1 while it lacks something."""
    told = run.send().body
    if run.asked.json:
        run.show(told)
    else:
        for one in told["items"]:
            run.print(f"[{'x' if one['done'] else ' '}] {one['name']}" + (f": {one['next']}" if one["next"] else ""))
    return 0 if told["done"] else 1


def _pair(text: str) -> tuple[str, object]:
    name, mark, value = text.partition("=")
    if not name or not mark:
        raise documents.UnreadableError(f"{text!r}: write FIELD=VALUE, the value in JSON or YAML")
    return name, documents.parse(value, name)


COMMANDS: Final = (
    Command(
        "keys",
        "list",
        "the store's keys; none is shown itself",
        "GET /v1/keys",
        ("id", "name", "kind", "role", "last_used_at", "expires_at", "revoked"),
        paged=True,
    ),
    Command(
        "keys",
        "create",
        "a new key; it is shown this once",
        "POST /v1/keys",
        body=(
            Option("kind", "what for", choices=("identify", "pub", "srv", "mgmt"), required=True),
            Option("role", "of a management key", choices=("viewer", "marketer", "admin")),
            Option("name", "who uses it"),
        ),
    ),
    Command(
        "keys",
        "rotate",
        "a new key in the place of another, which works on for a while",
        f"POST {_ONE}/rotate",
        body=(Option("overlap", "how long the old one works on, as P7D or PT1H"),),
    ),
    Command("keys", "revoke", "end a key at once", f"DELETE {_ONE}", ask="End this key at once?"),
    Command(
        "vapid",
        "list",
        "the keys that sign messages, and what was refused",
        "GET /v1/vapid-keys",
        ("id", "state", "created_at", "subscriptions", "refused", "parked"),
        paged=True,
    ),
    Command(
        "vapid",
        "rotate",
        "a new key that signs messages",
        "POST /v1/vapid-keys/rotate",
        ask="Make a new key? Browsers move to it when they next visit.",
    ),
    Command(
        "audit",
        "list",
        "what was written, by whom",
        "GET /v1/audit",
        ("at", "key.name", "operation", "path", "status"),
        paged=True,
        query=(
            Option("from", "from this instant"),
            Option("to", "before this instant"),
            Option("by_key", "the id of a key", sent="key"),
            Option("operation", "as `editStore`"),
            Option("beginning", "what the path begins with", sent="path"),
        ),
    ),
    Command("store", "show", "the store's settings", f"GET {_STORE}"),
    Command(
        "store",
        "set",
        "change settings: store set language=de 'caps=[{count: 2, within: P1D}]'",
        f"PATCH {_STORE}",
        positionals=(Option("settings", "FIELD=VALUE", "words", local=True),),
        act=change,
        also=(f"GET {_STORE}",),
    ),
    Command(
        "store", "checklist", "what it still lacks before its first message", f"GET {_STORE}/checklist", act=checklist
    ),
)
