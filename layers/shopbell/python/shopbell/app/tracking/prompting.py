"""Whether a visitor may be shown the permission prompt, as far as the page itself cannot tell."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.incoming.prompts import PromptIn
from shopbell.domain.part import PartName
from shopbell.domain.profile import Profile
from shopbell.domain.prompts.prompt import NAME
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.store import Store
from shopbell.ports import Visitors

Why = Literal["disabled", "page", "audience"]
PROFILE: Final[tuple[PartName, ...]] = ("P",)


@dataclass(frozen=True, slots=True)
class DecidePrompt:
    """By the store's own settings and by the hidden segment, which follows the visitor's events by itself."""

    visitors: Visitors

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
        inside = segment() in self._memberships(store, VisitorId(given.visitor_id))
        return None if inside == (ask == "members") else "audience"

    def _memberships(self, store: Store, visitor: VisitorId) -> Collection[SegmentId]:
        """Of the customer whom the visitor is known to be; none of somebody of whom nothing is known."""
        found = self._known(store, visitor)
        alias = None if found is None else found.alias
        if alias is not None and alias.joined:
            found = self._known(store, alias.customer)
        return () if found is None else found.memberships

    def _known(self, store: Store, visitor: VisitorId) -> Profile | None:
        """One item is read: the elements of the ledger say nothing here."""
        return self.visitors.load_many(store.id, [visitor], PROFILE).get(visitor)


def segment() -> SegmentId:
    """Of those who are shown it, or are not."""
    return SCENARIOS[NAME].segment


def _never_on(words: object, page: str) -> bool:
    """A word names the beginning of a segment of the path, as on the page itself."""
    path = _path(page).lower()
    found = words if isinstance(words, list | tuple) else ()
    return any(f"/{str(word).removeprefix('/').lower()}" in path for word in found)


def _path(page: str) -> str:
    """Of what is no address all is looked through: rather no prompt than one at a checkout."""
    try:
        return urlsplit(page).path
    except ValueError:
        return page
