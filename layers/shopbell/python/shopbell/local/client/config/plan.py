"""What it takes to make a store what a file says: what is made, changed and, if asked, put away."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from shopbell.local.client.config.differences import Difference, differences
from shopbell.local.client.config.files import Place
from shopbell.local.client.config.kinds import (
    CAMPAIGNS,
    LISTS,
    POOLS,
    SCENARIOS,
    SEGMENTS,
    STORE,
    TRIGGERS,
    WEBHOOKS,
    Body,
    Kind,
)
from shopbell.local.client.config.live import Item, Key, Live
from shopbell.local.client.config.readings import settled, shipped_delays
from shopbell.local.client.config.wanted import Wanted

ADMINS_ALONE: Final = "only a key of role admin is shown them"
Action = Literal["create", "change", "archive"]
_PRUNED: Final = (POOLS, SEGMENTS, TRIGGERS, CAMPAIGNS, WEBHOOKS)
_STAYS: Final[Mapping[str, str]] = {
    LISTS.section: "its members would go with it; `shopbell lists delete` does that",
    "product_lists": "the API deletes none; an empty one shows nothing",
}


@dataclass(frozen=True, slots=True)
class Change:
    """`body` is what the thing will be, `live` what it is; `place` is where the file says it."""

    action: Action
    kind: Kind
    name: str
    body: Body
    live: Item | None
    place: Place
    fields: tuple[Difference, ...] = ()

    @property
    def said(self) -> bool:
        """Whether anything but its state changes."""
        return any(one.path != ("state",) for one in self.fields)


@dataclass(frozen=True, slots=True)
class Plan:
    """`notes` say what is left as it is although file and store differ."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def planned(live: Live, wanted: Mapping[Key, Wanted], *, prune: bool) -> Plan:
    """In the order in which it can be written. Says nothing of what the file and the store leave out alike."""
    changes: list[Change] = []
    notes = [f"left alone: {words}" for words in live.left_out]
    found: set[Key] = set()
    for one in wanted.values():
        item = match(live, one)
        if item is not None:
            found.add((item.kind.section, item.name))
        if item is None and one.kind is CAMPAIGNS and one.name in live.past:
            notes.append(f"campaign {one.name} is {live.past[one.name]}: it is not written again")
        elif (change := _change(item, one)) is not None:
            changes.append(change)
    gone = [item for key, item in live.items.items() if key not in found]
    if prune:
        changes += [_archive(item) for item in gone if item.kind in _PRUNED]
        notes += [f"{section} are left alone: {ADMINS_ALONE}" for section in sorted(live.unseen)]
        notes += [
            f"{item.kind.word} {item.name} is not in the file and stays: {_STAYS[item.kind.section]}"
            for item in gone
            if item.kind.section in _STAYS
        ]
    return Plan(tuple(changes), tuple(notes))


def match(live: Live, one: Wanted) -> Item | None:
    """The thing of the store that this is: a predefined segment by its id, anything else by its name."""
    key, known = (one.kind.section, one.name), {**live.shipped, **live.items}
    if one.kind is SEGMENTS and one.body.get("predefined"):
        same = [item for item in known.values() if item.body.get("predefined") == one.body["predefined"]]
        return next((item for item in same if item.kind is SEGMENTS), known.get(key))
    return known.get(key)


def faults(live: Live, wanted: Mapping[Key, Wanted]) -> Iterator[tuple[Place, str]]:
    """What the store as it is does not allow."""
    for section in sorted(live.unseen & {section for section, _ in wanted}):
        yield (section,), f"cannot be compared: {ADMINS_ALONE}"
    for key, one in wanted.items():
        if key in live.shared:
            yield one.place, f"is not clear: the store has several of this name; rename all but one {one.kind.word}"
        item, state = match(live, one), one.body.get("state")
        if one.kind is SEGMENTS and item is not None and state == "draft" != item.body["state"]:
            yield (*one.place, "state"), f"cannot be draft again: it is {item.body['state']}; pause it instead"
        if one.kind is CAMPAIGNS and state not in (None, "draft") and not _recurs(one.body):
            yield (*one.place, "state"), "can be no other than draft without a schedule with `cron`"
        if one.kind is SCENARIOS and item is None:
            yield one.place, "is no scenario that this store can set"
        if one.kind.once and item is not None and _change(item, one) is not None:
            yield (
                one.place,
                "says something else than the store, where it is set once: write it as `config export` does",
            )


def _change(item: Item | None, one: Wanted) -> Change | None:
    if item is None:
        return Change("create", one.kind, one.name, one.body, None, one.place)
    body = complete(item, one)
    name = [Difference(("name",), item.name, one.name)] if item.name != one.name else []
    fields = (*name, *differences(item.body, body))
    return Change("change", one.kind, one.name, body, item, one.place, fields) if fields else None


def complete(item: Item, one: Wanted) -> Body:
    """With what stays as it is where the file is silent."""
    body = dict(one.body)
    if one.kind.section == STORE:
        return {**item.body, **body}
    if one.kind is SCENARIOS:
        body = _plain_steps(settled(body, shipped_delays(item.read)))
    if one.kind is TRIGGERS:
        default = {help_["name"]: help_["default"] for help_ in item.read["parameter_help"]}
        own = {name: value for name, value in body.get("parameters", {}).items() if value != default.get(name)}
        body = {**body, "parameters": own} if own else {name: v for name, v in body.items() if name != "parameters"}
    if one.kind is SEGMENTS and "predefined" not in item.body:
        body.pop("predefined", None)  # the store's own was put away, and this one has taken its place
    if one.kind is CAMPAIGNS and not _recurs(body):
        body = {"state": "draft", **body}  # what stands on no schedule cannot stay on it
    for path in one.kind.kept:
        body = _kept(body, item.body, path)
    return body


def _recurs(campaign: Mapping[str, Any]) -> bool:
    return bool((campaign.get("schedule") or {}).get("cron"))


def _plain_steps(body: Body) -> Body:
    return {name: value for name, value in body.items() if name not in {"steps", "parameters"} or value}


def _kept(body: Body, live: Mapping[str, Any], path: Sequence[str]) -> Body:
    first, *rest = path
    if rest:
        inside = body.get(first)
        if not isinstance(inside, dict) or not isinstance(live.get(first), dict):
            return body
        return {**body, first: _kept(inside, live[first], rest)}
    return body if first in body or first not in live else {**body, first: live[first]}


def _archive(item: Item) -> Change:
    return Change("archive", item.kind, item.name, item.body, item, (item.kind.section, item.name))
