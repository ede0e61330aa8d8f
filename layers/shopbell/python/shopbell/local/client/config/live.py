"""What a store holds now of all that a configuration is about, as a file would say it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shopbell.local.client.config.files import Place
from shopbell.local.client.config.kinds import CAMPAIGNS, KINDS, SCENARIOS, SEGMENTS, STORE, Body, Kind
from shopbell.local.client.config.readings import is_shipped
from shopbell.local.client.config.references import renamed
from shopbell.local.client.config.shapes import plain
from shopbell.local.client.http import RefusedError
from shopbell.local.client.run import PAGE, Run, pages

Key = tuple[str, str]
"""The section of a thing and its name there."""
_FORBIDDEN: Final = 403
_WAITS: Final = frozenset({"scheduled", "paused"})


class NamelessError(LookupError):
    """A segment that no file can name: it is archived, or shares its name."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the store; `body` is what a file says of it, `read` what the API does."""

    kind: Kind
    name: str
    id: str
    body: Body
    read: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Live:
    """`left_out`: things that no file can say, each with why. `past`: campaigns that no file is about any more,
    by name with their status. `shared`: names that several things of a kind have. `segments`: names by id.
    `unseen`: sections that this key is not shown.
    """

    items: Mapping[Key, Item]
    shipped: Mapping[Key, Item]
    segments: Mapping[str, str]
    shared: frozenset[Key]
    past: Mapping[str, str]
    left_out: tuple[str, ...]
    unseen: frozenset[str] = frozenset()


def read(run: Run) -> Live:
    """Everything, page after page."""
    seen = {kind.section: _seen(run, kind) for kind in KINDS}
    told = {section: found or [] for section, found in seen.items()}
    unseen = frozenset(section for section, found in seen.items() if found is None)
    shared = frozenset(_shared(told))
    once = {one["id"]: one["name"] for one in told[SEGMENTS.section]}
    segments = {name: words for name, words in once.items() if (SEGMENTS.section, words) not in shared}
    items: dict[Key, Item] = {}
    left_out: list[str] = []
    for kind, one in _managed(told):
        key = kind.section, name_of(kind, one)
        try:
            made = item(kind, one, segments)
        except NamelessError as exc:
            left_out.append(f"{kind.word} {key[1]}: names the segment {exc}, which is archived or shares its name")
            continue
        if key in shared:
            left_out.append(f"{kind.word} {key[1]}: {one['id']} shares this name; rename one of them")
        else:
            items[key] = made
    shipped = {key: one for key, one in items.items() if one.kind is SEGMENTS and is_shipped(one.name, one.body)}
    rest = {key: one for key, one in items.items() if key not in shipped}
    return Live(rest, shipped, segments, shared, _past(told), tuple(left_out), unseen)


def item(kind: Kind, one: Mapping[str, Any], segments: Mapping[str, str]) -> Item:
    """A thing as it was read. NamelessError for a segment that it names and that is not among these."""

    def name(known: str, _: Place) -> str:
        if known not in segments:
            raise NamelessError(known)
        return segments[known]

    body = renamed(plain(kind.taken(one), kind.schema), name)
    return Item(kind, name_of(kind, one), str(one["id"] if "id" in one else one["name"]), body, one)


def name_of(kind: Kind, one: Mapping[str, Any]) -> str:
    return "" if kind.section == STORE else str(one[kind.named_by] or kind.instead)


def _seen(run: Run, kind: Kind) -> list[dict[str, Any]] | None:
    """All of a kind; None where this key is not shown them."""
    try:
        return list(_told(run, kind))
    except RefusedError as exc:
        if kind.guarded and exc.status == _FORBIDDEN:
            return None
        raise


def _told(run: Run, kind: Kind) -> Iterator[dict[str, Any]]:
    if kind.section == STORE:
        yield run.call("GET", kind.path).body
        return
    for page in pages(run, kind.path, limit=str(PAGE)):
        yield from page["items"]


def _managed(told: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[Kind, dict[str, Any]]]:
    """All but scenarios that cannot be set, and campaigns that have been sent or are about to be, once."""
    for kind in KINDS:
        for one in told[kind.section]:
            if kind is SCENARIOS and not (one["available"] and one["parameter_help"]):
                continue
            if kind is not CAMPAIGNS or _goes_on(one):
                yield kind, one


def _goes_on(campaign: Mapping[str, Any]) -> bool:
    recurs = bool(campaign["schedule"] and campaign["schedule"].get("cron"))
    return campaign["status"] == "draft" or (recurs and campaign["status"] in _WAITS)


def _past(told: Mapping[str, list[dict[str, Any]]]) -> dict[str, str]:
    rest = [one for one in told[CAMPAIGNS.section] if not _goes_on(one) and one["status"] != "cancelled"]
    return {one["name"]: one["status"] for one in rest}


def _shared(told: Mapping[str, list[dict[str, Any]]]) -> Iterator[Key]:
    counted = Counter((kind.section, name_of(kind, one)) for kind, one in _managed(told))
    yield from (key for key, count in counted.items() if count > 1)
