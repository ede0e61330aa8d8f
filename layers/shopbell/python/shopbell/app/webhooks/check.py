"""Everything that can be wrong with a webhook, before anything is written."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.errors import Conflict, Problem, Rejected
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.incoming.webhooks import WebhookIn
from shopbell.domain.webhooks.addresses import check_address
from shopbell.domain.webhooks.hook import MAX_SECRETS, SEGMENT_EVENTS, SecretNumber, Webhook
from shopbell.ports import Segments

Leads = Callable[[str], bool]
"""Whether the name of an address leads to nothing but public addresses, or nowhere yet."""
_HIDDEN_HOST: Final = "leads to an address that is not public"


@dataclass(frozen=True, slots=True)
class CheckHook:
    """Everything that can be wrong with one, before anything is written."""

    segments: Segments
    leads: Leads
    loopback: bool
    """Stage local: addresses of this machine are admitted."""

    def target(self, given: WebhookIn) -> str:
        """The address of a new one, "" for the event bus. Rejected."""
        if not given.event_bus and given.url is None:
            raise Rejected.at("url", "is required, unless `event_bus` is true")
        if given.url is None:
            return ""
        if given.event_bus:
            raise Rejected.at("url", "must be left out where `event_bus` is true")
        return self.address(given.url)

    def moved(self, hook: Webhook, url: str) -> str:
        """Another address of one that has any. Rejected."""
        if hook.event_bus:
            raise Rejected.at("url", "cannot be given to the webhook of the event bus: make another one")
        return self.address(url)

    def address(self, url: str) -> str:
        """In its one spelling. Rejected."""
        try:
            checked = check_address(url, loopback=self.loopback)
        except ValueError as exc:
            raise Rejected.at("url", str(exc)) from None
        if checked.startswith("https://") and not self.leads(checked):
            raise Rejected.at("url", _HIDDEN_HOST)
        return checked

    def named(
        self, store: StoreId, given: Sequence[str], before: Collection[SegmentId] = ()
    ) -> tuple[SegmentId, ...]:
        """Each once. Rejected where one is no segment that people see; one named `before` may stay."""
        names = tuple(dict.fromkeys(map(SegmentId, given)))
        new = [(place, SegmentId(name)) for place, name in enumerate(given) if name not in before]
        unknown = [place for place, name in new if not self._known(store, name)]
        if unknown:
            raise Rejected([Problem(f"segments.{place}", "is no segment of this store") for place in unknown])
        return names

    def _known(self, store: StoreId, name: SegmentId) -> bool:
        found = self.segments.get(store, name)
        return found is not None and not found.hidden and found.state != "archived"


def check_meant(events: Sequence[str], segments: Sequence[SegmentId]) -> None:
    """Rejected where segments are named and no event is one of segments."""
    if segments and not SEGMENT_EVENTS.intersection(events):
        raise Rejected.at("segments", "is for `segment.entered` and `segment.exited` alone")


def check_few(before: Sequence[SecretNumber], now: Instant) -> None:
    """Conflict. One that takes the place of all the others at once always may."""
    ends = [one.until for one in before if one.until is not None and now < one.until]
    if len(ends) >= MAX_SECRETS:
        raise Conflict(
            f"{MAX_SECRETS} secrets sign already: the first of them ends at {format_instant(min(ends))}. "
            "With an `overlap` of PT0S the new one signs alone."
        )
