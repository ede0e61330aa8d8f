"""What becomes of the permission prompt, counted by day, hour, prompt and variant."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.attribution.cells import hour_of
from shopbell.domain.clock import Instant
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
HOME_SCREEN: Final = "home_screen"
"""Property of the events of the way to the Home Screen, without which iPhones have no push."""
HOME_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "prompt_shown": ("shown", "home_screen_shown"),
    "prompt_accepted": ("home_screen_installed",),
}
"""The same of these: how to get there was explained; the shop was installed, which is no yes to our question."""
_NAME: Final = re.compile(r"[^\x00-\x1f]{1,64}")
_HOUR: Final = 3
"""Where it stands in a name."""
Rows = Iterable[tuple[str, Mapping[str, int]]]
"""As they were counted: source, and numbers by name."""


@dataclass(frozen=True, slots=True)
class PromptPoint:
    """`steps` by their name, 0 where there was none; `variants` the same for each that was seen."""

    at: str
    """A day, or the instant at which an hour began; empty for the whole."""
    steps: Mapping[str, int]
    variants: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def counted(item: EventItem, partition: str, zone: Callable[[StoreId], str]) -> Mapping[str, Mapping[str, int]]:
    """By source (the store's day and the visitor's partition) how often each step was taken.

    A row for each visitor and day that saw a prompt: rows of one visitor are written in the order of the stream, so
    that each record is counted once however often its batch comes. The hour stands in the name of what is counted.
    """
    found: dict[str, Counter[str]] = {}
    for event in item.events:
        for name in _names(event, hour_of(event.at, zone(item.store))):
            found.setdefault(source(day_of(event.at, zone(item.store)), partition), Counter())[name] += 1
    return found


def days(rows: Rows, prompt: str, first: Day, last: Day) -> tuple[PromptPoint, ...]:
    """Oldest first, without gaps."""
    return _points(rows, prompt, between(first, last), lambda day, _: day)


def hours(rows: Rows, prompt: str, labels: Iterable[str], label: Callable[[Instant], str]) -> tuple[PromptPoint, ...]:
    """Each of `labels`, in their order; what was counted by the day alone is in none of them."""
    return _points(rows, prompt, labels, lambda _, hour: "" if hour is None else label(hour))


def _points(
    rows: Rows, prompt: str, labels: Iterable[str], label: Callable[[Day, Instant | None], str]
) -> tuple[PromptPoint, ...]:
    sums: dict[str, dict[str, Counter[str]]] = {}
    for place, counts in rows:
        for name, number in counts.items():
            asked, variant, step, hour = _read(name)
            if asked == prompt:
                of_part = sums.setdefault(label(place.partition("#")[0], hour), {})
                of_part.setdefault(variant, Counter())[step] += number
    return tuple(_point(at, sums.get(at, {})) for at in labels)


def summed(of: Iterable[PromptPoint]) -> PromptPoint:
    """All of them as one."""
    total: Counter[str] = Counter()
    variants: dict[str, Counter[str]] = {}
    for one in of:
        total.update(one.steps)
        for name, steps in one.variants.items():
            variants.setdefault(name, Counter()).update(steps)
    return PromptPoint("", _all(total), {name: _all(steps) for name, steps in sorted(variants.items())})


def _point(at: str, by_variant: Mapping[str, Counter[str]]) -> PromptPoint:
    total: Counter[str] = Counter()
    for steps in by_variant.values():
        total.update(steps)
    return PromptPoint(at, _all(total), {name: _all(steps) for name, steps in sorted(by_variant.items()) if name})


def _all(steps: Mapping[str, int]) -> Mapping[str, int]:
    names = dict.fromkeys((*STEPS.values(), *(step for ones in HOME_STEPS.values() for step in ones)))
    return {name: steps.get(name, 0) for name in names}


def _names(event: Event, hour: Instant) -> Sequence[str]:
    """What it counts under; a name that no prompt can have is left out."""
    prompt, variant = event.properties.get("prompt"), event.properties.get("variant", "")
    if not isinstance(prompt, str) or not isinstance(variant, str) or not _NAME.fullmatch(prompt):
        return ()
    if variant and not _NAME.fullmatch(variant):
        return ()
    return [f"{_written(prompt)}|{_written(variant)}|{step}|{hour}" for step in _steps(event)]


def _steps(event: Event) -> Sequence[str]:
    step = STEPS.get(event.type)
    home = HOME_STEPS.get(event.type) if event.properties.get(HOME_SCREEN) is True else None
    return home or (() if step is None else (step,))


def _written(name: str) -> str:
    """Without what stands between the parts."""
    return name.replace("%", "%25").replace("|", "%7C")


def _read(name: str) -> tuple[str, str, str, Instant | None]:
    """What an earlier release counted is without its hour."""
    parts = [part.replace("%7C", "|").replace("%25", "%") for part in name.split("|")]
    return parts[0], parts[1], parts[2], int(parts[3]) if len(parts) > _HOUR else None
