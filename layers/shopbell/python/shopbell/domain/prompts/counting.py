"""What becomes of the permission prompt, counted by day, prompt and variant."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import StoreId
from shopbell.domain.segments.history import Day, between, day_of, source

SUBJECT: Final = "prompt"
STEPS: Final[Mapping[str, str]] = {
    "prompt_shown": "shown",
    "prompt_accepted": "accepted",
    "prompt_dismissed": "dismissed",
    "permission_granted": "granted",
    "permission_denied": "denied",
    "permission_ignored": "ignored",
    "subscribed": "subscribed",
}
"""Event type to its step of the way: our question, the browser's, the subscription."""
_NAME: Final = re.compile(r"[^|\x00-\x1f]{1,64}")
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class PromptDay:
    """`steps` by their name, 0 where there was none; `variants` the same for each that was seen."""

    day: Day
    steps: Mapping[str, int]
    variants: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def counted(item: EventItem, partition: str, zone: Callable[[StoreId], str]) -> Mapping[str, Mapping[str, int]]:
    """By source (the store's day and the visitor's partition) how often each step was taken.

    A row for each visitor and day that saw a prompt: rows of one visitor are written in the order of the stream, so
    that each record is counted once however often its batch comes.
    """
    found: dict[str, Counter[str]] = {}
    for event in item.events:
        name = _name(event)
        if name is not None:
            found.setdefault(source(day_of(event.at, zone(item.store)), partition), Counter())[name] += 1
    return found


def days(rows: Iterable[tuple[str, Mapping[str, int]]], prompt: str, first: Day, last: Day) -> tuple[PromptDay, ...]:
    """Oldest first, without gaps; `rows` as they were counted by source."""
    sums: dict[Day, dict[str, Counter[str]]] = {}
    for place, counts in rows:
        of_day = sums.setdefault(place.partition("#")[0], {})
        for name, number in counts.items():
            asked, variant, step = _read(name)
            if asked == prompt:
                of_day.setdefault(variant, Counter())[step] += number
    return tuple(_day(day, sums.get(day, {})) for day in between(first, last))


def summed(of: Iterable[PromptDay]) -> PromptDay:
    """All of them as one; its day is empty."""
    total: Counter[str] = Counter()
    variants: dict[str, Counter[str]] = {}
    for one in of:
        total.update(one.steps)
        for name, steps in one.variants.items():
            variants.setdefault(name, Counter()).update(steps)
    return PromptDay("", _all(total), {name: _all(steps) for name, steps in sorted(variants.items())})


def _day(day: Day, by_variant: Mapping[str, Counter[str]]) -> PromptDay:
    total: Counter[str] = Counter()
    for steps in by_variant.values():
        total.update(steps)
    return PromptDay(day, _all(total), {name: _all(steps) for name, steps in sorted(by_variant.items()) if name})


def _all(steps: Mapping[str, int]) -> Mapping[str, int]:
    return {name: steps.get(name, 0) for name in STEPS.values()}


def _name(event: Event) -> str | None:
    """What it counts under; a name that no prompt of ours has is left out."""
    step, prompt = STEPS.get(event.type), event.properties.get("prompt")
    variant = event.properties.get("variant", "")
    if step is None or not isinstance(prompt, str) or not isinstance(variant, str) or not _NAME.fullmatch(prompt):
        return None
    return None if variant and not _NAME.fullmatch(variant) else f"{prompt}|{variant}|{step}"


def _read(name: str) -> tuple[str, str, str]:
    parts = name.split("|")
    return (parts[0], parts[1], parts[2]) if len(parts) == _PARTS else ("", "", "")
