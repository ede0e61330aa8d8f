"""`shopbell config`: the whole store as a file, what it would change, and carrying it out."""

from typing import Any, Final

from shopbell.local.client.command import Command, Option
from shopbell.local.client.config import files, showing
from shopbell.local.client.config.conflicts import USAGE, Conflict, Foresee
from shopbell.local.client.config.files import Written
from shopbell.local.client.config.kinds import KINDS, STORE
from shopbell.local.client.config.live import Live, read
from shopbell.local.client.config.ordering import ids_of, ordered, unknown
from shopbell.local.client.config.plan import ADMINS_ALONE, Plan, faults, planned
from shopbell.local.client.config.stopping import carried
from shopbell.local.client.config.wanted import FORMAT, VERSION, refuse, wanted
from shopbell.local.client.config.writing import Writer
from shopbell.local.client.keeping import keep
from shopbell.local.client.run import Run, pages

CHANGES: Final = 2
"""Exit status of a plan that is not empty."""
_HEAD: Final = "# The store's configuration; `shopbell config plan` compares it with the store.\n"
_READS: Final = (
    "GET /v1/store",
    "GET /v1/lists",
    "GET /v1/coupon-pools",
    "GET /v1/segments",
    "GET /v1/product-lists",
    "GET /v1/scenarios",
    "GET /v1/triggers",
    "GET /v1/campaigns",
    "GET /v1/webhooks",
)
_PRUNE: Final = Option("prune", "put away what the file does not name", "flag", local=True)
_FILE: Final = Option("file", "the configuration; - is standard input", local=True)


def export(run: Run) -> int:
    """The store as a file; 1 when something of it cannot be said there."""
    live = read(run)
    said = sections(live)
    if run.asked.json:
        run.show(said)
    elif run.asked.output:
        keep(run.asked.output, (_HEAD + files.dump(said)).encode())
        run.err.write(f"{len(live.items)} things in {run.asked.output}\n")
    else:
        run.out.write(_HEAD + files.dump(said))
    for words in live.left_out:
        run.err.write(f"left out: {words}\n")
    for section in sorted(live.unseen):
        run.err.write(f"{section} are left out: {ADMINS_ALONE}\n")
    return 1 if live.left_out else 0


def sections(live: Live) -> dict[str, Any]:
    """A file's sections; those with nothing in them are left out."""
    said: dict[str, Any] = {FORMAT: VERSION}
    for kind in KINDS:
        mine = {one.name: one.body for one in live.items.values() if one.kind is kind}
        if mine:
            said[kind.section] = mine[""] if kind.section == STORE else mine
    return said


def plan(run: Run) -> int:
    """0: the store is as the file says; 2: it is not; 1: it is not, and would refuse to be."""
    _, found, against = _planned(run, files.load(run.asked.file))
    showing.show(run, found, against)
    return 1 if against else CHANGES if found.changes else 0


def apply(run: Run) -> int:
    """Show the plan, ask, carry it out, and look whether the store is now as the file says."""
    file = files.load(run.asked.file)
    live, found, against = _planned(run, file)
    showing.show(run, found, against)
    if against:
        run.err.write("the store would refuse some of it: nothing was written\n")
        return 1
    if not found.changes:
        return 0
    run.confirm(f"Write {len(found.changes)} changes to this store?")
    steps = ordered(found.changes, live)
    notes = carried(Writer(run, live, ids_of(live, steps)), file, steps)
    for note in notes:
        run.err.write(f"{note}\n")
    _, rest, _ = _planned(run, file)
    if rest.changes:
        run.err.write("the store says it otherwise still:\n")
        showing.warn(run, rest)
    return 1 if rest.changes else 0


def _planned(run: Run, file: Written) -> tuple[Live, Plan, tuple[Conflict, ...]]:
    things = wanted(file)
    live = read(run)
    refuse(file, [*unknown(live, things), *faults(live, things)])
    found = planned(live, things, prune=run.asked.prune)
    return live, found, Foresee(live, things.keys(), lambda name: _users(run, name))(found.changes)


def _users(run: Run, segment: str) -> list[dict[str, Any]]:
    path = run.path_of(USAGE.split(" ")[1], segment_id=segment)
    return [one for page in pages(run, path) for one in page["items"]]


_WRITES: Final = tuple(call for kind in KINDS for call in (kind.write, *((kind.edit,) if kind.edit else ())))
COMMANDS: Final = (
    Command(
        "config",
        "export",
        "the whole configuration as YAML",
        _READS[0],
        query=(Option("output", "write it into this file", local=True),),
        act=export,
        also=_READS[1:],
    ),
    Command(
        "config",
        "plan",
        "what applying a file would change: 0 nothing, 2 something",
        _READS[0],
        positionals=(_FILE,),
        query=(_PRUNE,),
        act=plan,
        also=(*_READS[1:], USAGE),
    ),
    Command(
        "config",
        "apply",
        "make the store what a file says",
        _READS[0],
        positionals=(_FILE,),
        query=(_PRUNE, Option("yes", "do not ask", "flag", local=True)),
        act=apply,
        also=(*_READS[1:], USAGE, *_WRITES),
    ),
)
