"""How far back the event log can answer a rule that no live feature answers yet (ruling 7)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shopbell.domain.clock import Duration, Instant, parse_duration, parse_instant
from shopbell.domain.events import EVENT_TTL, KEPT_FOR_EVER, Json

_EVENT_KEYS: Final = ("event", "last", "first")


def history_from(leaves: Sequence[Json], founded: Instant, now: Instant) -> Instant | None:
    """From when on the log is whole, if a leaf asks for more; None where it holds everything that they ask for."""
    since = now - EVENT_TTL
    if founded >= since:
        return None
    return since if any(_beyond(leaf, since, now) for each in leaves for leaf in _counting(each)) else None


def _counting(leaf: Json) -> Iterator[Mapping[str, Json]]:
    """Whatever in a leaf counts events that the log forgets; a sequence or a ratio has several."""
    if isinstance(leaf, Mapping):
        name = next((leaf[key] for key in _EVENT_KEYS if isinstance(leaf.get(key), str)), None)
        if name is not None and name not in KEPT_FOR_EVER:
            yield leaf
        inside: Sequence[Json] = [each for key, each in leaf.items() if key != "window"]
    elif isinstance(leaf, Sequence) and not isinstance(leaf, str):
        inside = leaf
    else:
        return
    for each in inside:
        yield from _counting(each)


def _beyond(leaf: Mapping[str, Json], since: Instant, now: Instant) -> bool:
    window = leaf.get("window")
    if not isinstance(window, Mapping):
        return True
    match window:
        case {"last": str(length)} | {"from": str(length)}:
            return now - _length(length) < since
        case {"since": str(start)} | {"between": [str(start), *_]}:
            return parse_instant(start)[0] < since
        case _:
            return True


def _length(text: str) -> Duration:
    return parse_duration(text)
