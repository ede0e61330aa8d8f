"""In which order a plan is written, so that nothing names what is not there yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Final, Literal

from shopbell.local.client.config.files import Place
from shopbell.local.client.config.kinds import CAMPAIGNS, KINDS, POOLS, SEGMENTS, TRIGGERS, WEBHOOKS
from shopbell.local.client.config.live import Key, Live
from shopbell.local.client.config.plan import Change
from shopbell.local.client.config.references import named
from shopbell.local.client.config.shapes import nearest
from shopbell.local.client.config.wanted import Wanted

_PRUNED: Final = (WEBHOOKS, CAMPAIGNS, TRIGGERS, SEGMENTS, POOLS)
"""Users before what they use; segments are in this turn with those that are paused."""
Part = Literal["write", "pause", "archive"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be written; `pause` is what is left to do of a segment once nothing needs it to be live."""

    part: Part
    change: Change


def ordered(changes: Sequence[Change], live: Live) -> list[Step]:
    """Segments before those that name them, and paused or archived only after those."""
    written = [one for one in changes if one.action != "archive"]
    steps = [Step("write", one) for kind in KINDS for one in _in_turn(kind.section, written, live)]
    ending = [one for one in changes if one.action == "archive" or _paused(one)]
    for kind in _PRUNED:
        turn = reversed(_in_turn(kind.section, ending, live))
        steps += [Step("archive" if one.action == "archive" else "pause", one) for one in turn]
    return steps


def _paused(change: Change) -> bool:
    return change.kind is SEGMENTS and change.body.get("state") == "paused"


def ids_of(live: Live, steps: Sequence[Step]) -> dict[str, str]:
    """Segments of the store by name, and by the new name where the plan gives one."""
    given = {one.change.name: one.change.live.id for one in steps if one.change.kind is SEGMENTS and one.change.live}
    return {**{name: one for one, name in live.segments.items()}, **given}


def unknown(live: Live, wanted: Mapping[Key, Wanted]) -> Iterator[tuple[Place, str]]:
    """Segments that are named and neither in the file nor in the store, and those that name each other in a ring."""
    known = {name for section, name in wanted if section == SEGMENTS.section} | set(live.segments.values())
    for one in wanted.values():
        for at, name in named(one.body).items():
            if name not in known:
                yield (*one.place, *at), f"names the segment {name}, which there is not{nearest(name, sorted(known))}"
    rules = {one.name: set(named(one.body).values()) for one in wanted.values() if one.kind is SEGMENTS}
    try:
        TopologicalSorter(rules).prepare()
    except CycleError as exc:
        ring = exc.args[1]
        yield (SEGMENTS.section, ring[0]), f"names itself in the end: {' -> '.join(reversed(ring))}"


def _in_turn(section: str, changes: Sequence[Change], live: Live) -> list[Change]:
    """Those of a section; of segments each after those that its rule names."""
    mine = {one.name: one for one in changes if one.kind.section == section}
    if section != SEGMENTS.section:
        return list(mine.values())
    rules = {key[1]: one.body for key, one in live.items.items() if key[0] == section}
    rules |= {name: one.body for name, one in mine.items()}
    turn = TopologicalSorter({name: set(named(body).values()) for name, body in rules.items()}).static_order()
    return [mine[name] for name in turn if name in mine]
