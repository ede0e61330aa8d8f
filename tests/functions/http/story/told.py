"""The whole story; `python -m tests.functions.http.story.told` writes its examples down beside the document."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shopbell.runtime.http import openapi
from shopbell.runtime.http.examples import FOLDER, file_of

from tests.functions.http.story import messages, opening, people, systems
from tests.functions.http.story.teller import BY_ID, StoryOffice, Teller, text_of

ROOT = Path(__file__).parents[4]


def tell() -> Teller:
    """Every call of the document, in the order of a day."""
    teller = Teller(StoryOffice(sdk=ROOT / "storefront"))
    opening.service(teller)
    opening.store(teller)
    secret = opening.keys(teller)
    opening.catalogue(teller)
    opening.feeds(teller)
    segment = people.segments(teller)
    opening.identified(teller, secret)
    opening.subscriptions(teller)
    people.visits(teller)
    people.tallied(teller, segment)
    people.members(teller, segment)
    campaign = messages.campaigns(teller, segment)
    people.used(teller, segment)
    messages.scheduled(teller, campaign, segment)
    messages.sent(teller, campaign)
    people.put_away(teller, segment)
    messages.scenarios(teller)
    messages.triggers(teller)
    messages.coupons(teller)
    people.lists(teller)
    opening.push_keys(teller)
    people.visitors(teller, campaign)
    messages.reports(teller)
    messages.gone(teller)
    systems.webhooks(teller)
    return teller


def files() -> Mapping[str, str]:
    """Name to text, a file for each tag of the document."""
    by_tag: dict[str, dict[str, Any]] = {}
    for name, shown in tell().told.items():
        by_tag.setdefault(file_of(BY_ID[name].tag), {})[name] = shown
    return {name: text_of(rows) for name, rows in by_tag.items()}


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    openapi.main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
