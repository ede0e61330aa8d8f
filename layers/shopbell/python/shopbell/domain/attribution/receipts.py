"""What one receipt, or one word of leaving, adds to a report."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from shopbell.domain.attribution.cells import BETWEEN, NO_VARIANT, Cell, hour_of
from shopbell.domain.attribution.subscribers import BEGAN, ENDED, turned
from shopbell.domain.clock import DAY, Duration
from shopbell.domain.events import Event
from shopbell.domain.sends import SendRecord, Sent

RECEIPTS: Final[Mapping[str, str]] = {
    "push_shown": "shown",
    "push_clicked": "clicked",
    "push_closed": "closed",
    "push_landed": "landed",
}
"""Event type to its name in a report."""
LEFT: Final = ENDED
ACTION: Final = "action:"
LEFT_WITHIN: Final[Duration] = DAY


def is_counted(event: Event) -> bool:
    """Whether it is a receipt of ours, or a subscription that began or ended; a test send's receipt is not."""
    if event.type in {BEGAN, LEFT}:
        return bool(turned(event, "UTC"))
    return event.trusted and event.type in RECEIPTS and event.properties.get("source") != "test"


def has_left(event: Event) -> bool:
    """By their own word."""
    return event.type == LEFT and event.properties.get("reason") == "left"


def receipt(event: Event, time_zone: str) -> Counter[Cell]:
    """Nothing of a message whose run was gone when it came: no report would show it."""
    said, hour = event.properties, hour_of(event.at, time_zone)
    source, step = said.get("scenario", said.get("campaign")), said.get("step")
    if not isinstance(source, str):
        return Counter()
    variant, place = str(said.get("variant", NO_VARIANT)), step if isinstance(step, int) else 0
    cells = Counter({Cell(source, hour, place, variant, RECEIPTS[event.type]): 1})
    button = said.get("button")
    if event.type == "push_clicked" and isinstance(button, str):
        cells[Cell(source, hour, place, variant, f"{ACTION}{button.replace(BETWEEN, '/')}")] += 1
    return cells


def left_after(event: Event, record: SendRecord) -> Sent | None:
    """The last message of the day before it, as far as what was sent is on record."""
    return max((one for one in record.sent if event.at - LEFT_WITHIN < one.at <= event.at), default=None)


def leaving(event: Event, last: Sent, variant: str, time_zone: str) -> Counter[Cell]:
    """Due to the message that it came after."""
    return Counter({Cell(last.source_id, hour_of(event.at, time_zone), last.step, variant, LEFT): 1})
