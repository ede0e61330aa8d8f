"""Whether a visitor may be shown the permission prompt, as far as the page itself cannot tell."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from shopbell.app.people import People
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.incoming.prompts import PromptIn
from shopbell.domain.prompts.prompt import NAME
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.store import Store

Why = Literal["disabled", "page", "audience"]


@dataclass(frozen=True, slots=True)
class DecidePrompt:
    """By the store's own settings and by the hidden segment, which follows the visitor's events by itself."""

    people: People

    def __call__(self, store: Store, given: PromptIn) -> Why | None:
        """Why not; None: it may be shown. Raises Unavailable."""
        prompt = store.prompt
        if prompt.get("enabled") is False:
            return "disabled"
        if given.page is not None and _never_on(prompt.get("never_on"), given.page):
            return "page"
        ask = prompt.get("ask")
        if ask is None:
            return None
        profile = self.people.load(store.id, VisitorId(given.visitor_id))
        inside = segment() in profile.memberships
        return None if inside == (ask == "members") else "audience"


def segment() -> SegmentId:
    """Of those who are shown it, or are not."""
    return SCENARIOS[NAME].segment


def _never_on(words: object, page: str) -> bool:
    """A word names the beginning of a segment of the path, as on the page itself."""
    path = urlsplit(page).path.lower()
    found = words if isinstance(words, list | tuple) else ()
    return any(f"/{str(word).removeprefix('/').lower()}" in path for word in found)
