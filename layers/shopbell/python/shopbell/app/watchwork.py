"""What lies on the queue `plan` beside campaigns that start: runs of which somebody hears once they are through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import CampaignId, RunId, StoreId
from shopbell.domain.runs import Run
from shopbell.ports import Message

_WATCH: Final = "watch"
Watch = Callable[[Run], None]
"""Have a run looked at until it is through. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class WatchWork:
    """`run` None: the campaign was called off just now, whichever run of it that ends. `since`: watched from then."""

    store: StoreId
    campaign: CampaignId
    run: RunId | None
    since: Instant


def unwatched(_: Run) -> None:
    """For who has nobody to tell."""


def watch_message(work: WatchWork, delay: int) -> Message:
    """`delay`: whole seconds, 0 to 900."""
    named: dict[str, Json] = {} if work.run is None else {"run": work.run}
    body: dict[str, Json] = {"store": work.store, "campaign": work.campaign, _WATCH: work.since, **named}
    return Message(body, work.store, delay)


def is_watch(body: Mapping[str, Json]) -> bool:
    return _WATCH in body


def read_watch(body: Mapping[str, Json]) -> WatchWork:
    """ValueError for what is none."""
    store, campaign, run, since = (body.get(name) for name in ("store", "campaign", "run", _WATCH))
    if not isinstance(store, str) or not isinstance(campaign, str) or not store or not campaign:
        raise ValueError("store and campaign must be text")
    if isinstance(since, bool) or not isinstance(since, int) or not isinstance(run, str | None):
        raise ValueError("watch must be an instant and run a name")  # noqa: TRY004 - a bad message, whatever its fault
    return WatchWork(StoreId(store), CampaignId(campaign), None if run is None else RunId(run), since)
