"""What the store would refuse of a plan, said before anything is written: things that others would still need."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shopbell.local.client.config.after import Thing, after
from shopbell.local.client.config.kinds import CAMPAIGNS, KINDS, POOLS, SCENARIOS, SEGMENTS, WEBHOOKS
from shopbell.local.client.config.live import Item, Key, Live
from shopbell.local.client.config.plan import Change
from shopbell.local.client.config.references import named

USAGE: Final = "GET /v1/segments/{segment_id}/usage"
UsersOf = Callable[[str], Sequence[Mapping[str, Any]]]
"""Who uses a segment of the store, by its id."""
_SECTIONS: Final = {kind.word: kind.section for kind in KINDS}
_POOL: Final = "coupon_pool"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Of something that is to be put away, paused or made live: why that would be refused."""

    change: Change
    says: str


@dataclass(frozen=True, slots=True)
class Foresee:
    """`file` is what the file says; `users` costs a call for each segment that is put away or paused."""

    live: Live
    file: Collection[Key]
    users: UsersOf

    def __call__(self, changes: Sequence[Change]) -> tuple[Conflict, ...]:
        things = after(self.live, changes)
        return tuple(Conflict(one, says) for one in changes for says in dict.fromkeys(self._of(one, things)))

    def _of(self, change: Change, things: Mapping[Key, Thing]) -> Iterator[str]:
        if change.action != "archive":
            thing = things[change.kind.section, change.name]
            yield from _asleep(thing, things)
            if _passes_through(change):
                yield from _asleep_before(thing, things)
        elif change.kind is POOLS:
            yield from _takers(change.name, things)
        elif change.kind is SEGMENTS:
            yield from self._in_file(change.name, things)
        if change.kind is SEGMENTS and change.live is not None and (change.action == "archive" or _rests(change)):
            yield from self._held(change, change.live, things)

    def _in_file(self, segment: str, things: Mapping[Key, Thing]) -> Iterator[str]:
        for key, one in things.items():
            if key in self.file and one.names({segment}):
                yield f"{one.kind.word} {one.name} of the file names it, and the file has no such segment"

    def _held(self, change: Change, segment: Item, things: Mapping[Key, Thing]) -> Iterator[str]:
        """By what stays as it is; what the plan writes is judged by what it will say."""
        for user in self.users(segment.id):
            if user["kind"] == WEBHOOKS.word:
                continue  # it hears of the segment, and needs nothing of it
            key = self._key(user)
            thing = things.get(key)
            if key in self.live.items and (thing is None or not thing.names({change.name, segment.name})):
                continue
            if change.action == "archive" and key in self.file:
                continue
            holds = bool(user["holds"]) if thing is None or thing.change is None else thing.lives or _waits(thing)
            if holds and (change.action == "archive" or _evaluates(user, thing, {change.name, segment.name})):
                yield f"{user['name']} ({user['state']}) uses it"

    def _key(self, user: Mapping[str, Any]) -> Key:
        section = _SECTIONS[user["kind"]]
        found = (key for key, item in self.live.items.items() if key[0] == section and item.id == user["id"])
        return next(found, (section, f"{user['id']} is in no file"))


def _rests(change: Change) -> bool:
    """Whether it is active and will be paused."""
    return change.body.get("state") == "paused" and change.live is not None and change.live.body["state"] == "active"


def _passes_through(change: Change) -> bool:
    """Whether it is live on its way to being paused: a campaign is scheduled first, a segment activated, or it is
    given its new rule while it is active still.
    """
    if change.body.get("state") != "paused":
        return False
    before = "draft" if change.live is None else change.live.body["state"]
    if change.kind is CAMPAIGNS:
        return before == "draft" or change.said
    return before == "draft" or (before == "active" and any(one.path[0] == "rule" for one in change.fields))


def _waits(thing: Thing) -> bool:
    """A paused campaign goes on to evaluate its own rule."""
    return thing.kind is CAMPAIGNS and thing.body.get("state") == "paused"


def _evaluates(user: Mapping[str, Any], thing: Thing | None, segments: Collection[str]) -> bool:
    """A campaign that only sends to a segment takes it as it is; one whose own rule names it needs it to be true."""
    if user["kind"] != CAMPAIGNS.word:
        return True
    rule = {} if thing is None else thing.body.get("audience", {}).get("rule") or {}
    return not set(segments).isdisjoint(named(rule).values())


def _asleep(thing: Thing, things: Mapping[Key, Thing]) -> Iterator[str]:
    """What lives names none that does not."""
    for name in sorted(set(named(thing.body).values())) if thing.lives else ():
        one = things.get((SEGMENTS.section, name))
        if one is not None and not one.lives:
            yield f"it names the segment {name}, which will be {one.body.get('state', 'draft')} and must be active"


def _asleep_before(thing: Thing, things: Mapping[Key, Thing]) -> Iterator[str]:
    """What is live for a moment names none that does not live then; its own rule goes on if it is a campaign's."""
    lasting = set(named(thing.body.get("audience", {}).get("rule") or {}).values()) if _waits(thing) else set()
    for name in sorted(set(named(thing.body).values())):
        one = things.get((SEGMENTS.section, name))
        if one is None or one.lives or (name not in lasting and _lives_before(one)):
            continue
        state = one.body.get("state", "draft")
        yield f"it names the segment {name}, which will be {state} and must be active for it to be paused"


def _lives_before(segment: Thing) -> bool:
    """Whether it lives while the others are written: it is paused only after them."""
    change = segment.change
    if change is None or segment.body.get("state") != "paused":
        return False
    return change.live is None or change.live.body["state"] != "paused"


def _takers(pool: str, things: Mapping[Key, Thing]) -> Iterator[str]:
    for one in things.values():
        if one.kind is SCENARIOS and one.lives and one.body.get("parameters", {}).get(_POOL) == pool:
            yield f"scenario {one.name} is on and takes codes from it"
