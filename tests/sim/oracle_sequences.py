"""The oracle's sequences: every way to pick one event for each step is tried."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from shopbell.domain.events import Event, Json

from tests.sim.oracle_fields import Node, dig, read_line, rows

Pick = tuple[Event, ...]


def completed(sequence: Node, matching: Sequence[Sequence[Event]], within: int) -> Iterator[int]:
    """The instants at which a sequence was complete, or will be. `matching` are the events that fit each step."""
    steps, same = rows(sequence["steps"]), sequence.get("same")
    taken = [place for place, step in enumerate(steps) if not step.get("negate")]
    for picked in product(*(matching[place] for place in taken)):
        for shared in _shared(picked, same):
            if _in_order(picked, within) and _clean(steps, matching, picked, taken, same, shared):
                end = picked[0].at + within
                if not steps[-1].get("negate"):
                    yield picked[-1].at
                elif not _between(matching[-1], picked[-1].at, end + 1, same, shared):
                    yield end


def _in_order(picked: Pick, within: int) -> bool:
    instants = [event.at for event in picked]
    return instants == sorted(set(instants)) and instants[-1] - instants[0] <= within


def _clean(
    steps: Sequence[Node],
    matching: Sequence[Sequence[Event]],
    picked: Pick,
    taken: Sequence[int],
    same: Json,
    shared: Json,
) -> bool:
    """Nothing that is negated lies between its two neighbours."""
    for before, after in zip(range(len(taken) - 1), range(1, len(taken)), strict=True):
        for place in range(taken[before] + 1, taken[after]):
            assert steps[place].get("negate")
            if _between(matching[place], picked[before].at, picked[after].at, same, shared):
                return False
    return True


def _between(events: Sequence[Event], start: int, end: int, same: Json, shared: Json) -> bool:
    return any(start < event.at < end and (same is None or shared in keys(event, same)) for event in events)


def _shared(picked: Pick, same: Json) -> list[Json]:
    if same is None:
        return [None]
    first, *others = (keys(event, same) for event in picked)
    return [key for key in first if all(key in other for other in others)]


def keys(event: Event, same: Json) -> list[Json]:
    """The products, categories or carts that an event deals with."""
    if same == "cart":
        found = list(dig(event.properties, ["cart_id"]))
    elif same == "product_id":
        several = event.type in {"purchase", "cart_update", "cart_abandoned"}
        items = event.properties.get("items") if several else [event.properties]
        found = [line.get("product_id") for line in rows(items if items is not None else [])]
    elif event.type == "category_view":
        found = list(dig(event.properties, ["category"]))
    else:
        lines = event.properties.get("items")
        each: list[Mapping[str, Json]] = rows(lines) if isinstance(lines, list | tuple) else [event.properties]
        found = [value for line in each for value in read_line(event, line, {"field": "product.category"})]
    return list(dict.fromkeys(value for value in found if value is not None))
