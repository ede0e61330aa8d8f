"""What becomes of a prompt is counted under whatever name its owner gave it."""

import pytest
from shopbell.app.tracking.items import system_item
from shopbell.domain.events import Event
from shopbell.domain.ids import EventId, StoreId, VisitorId
from shopbell.domain.prompts.counting import counted, days

from tests.unit.app.shop import STORE


def _zone(_: StoreId) -> str:
    return "UTC"


@pytest.mark.parametrize("name", ["soft", "soft.v2", "größer", "summer sale 2026", "a/b", "old|new", "50%7C"])
def test_a_prompt_and_its_variant_are_counted_under_their_names(name: str) -> None:
    said = {"prompt": name, "variant": name}
    shown = Event(EventId("e"), "prompt_shown", VisitorId("ann"), 0, 0, said)
    rows = counted(system_item(STORE, shown), "p", _zone)
    (day,) = days(rows.items(), name, "1970-01-01", "1970-01-01")
    assert (day.steps["shown"], day.variants[name]["shown"]) == (1, 1)
