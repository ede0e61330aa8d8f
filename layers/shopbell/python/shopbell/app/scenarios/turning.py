"""When each visitor's turn comes in a run that sends so many messages a minute, as it would cut its chunks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from shopbell.app.delivery.audience import chunks_of
from shopbell.app.delivery.dayrun import devices_of
from shopbell.app.delivery.place import Place
from shopbell.app.delivery.releasing import chunk_size, paced
from shopbell.app.delivery.slices import Slice
from shopbell.domain.clock import MINUTE, Instant
from shopbell.domain.ids import VisitorId, visitor_shard
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Recipient, Run, ShardProgress
from shopbell.domain.subscriptions import PushService


def turns_of(run: Run, people: Sequence[Profile], share: float) -> Mapping[VisitorId, Instant]:
    """The first of a person's devices has it. `people`: all who are sent to; nobody of them where there is no pace.

    `share`: how much of the store they are drawn from. Of a sample each stands for so many as it was taken of: theirs
    is the turn of somebody in their place.
    """
    if run.delivery.per_minute is None:
        return {}
    ordered = sorted(people, key=lambda one: one.visitor)
    return dict(_of_sample(run, ordered, share) if share < 1 else _of_all(run, ordered))


def _of_all(run: Run, people: Sequence[Profile]) -> Iterator[tuple[VisitorId, Instant]]:
    """Latest first, so that of several devices the first stands."""
    found: list[tuple[Instant, VisitorId]] = []
    for shard in range(run.shards):
        mine = [one for one in people if visitor_shard(run.store, one.visitor, run.shards) == shard]
        cut = Slice(Place(), tuple(row for one in mine for row in _recipients(run, one)))
        row = ShardProgress(shard, planned=0, cursor=None, done=False)
        for chunk in paced(run, row, chunks_of(run, shard, cut)):
            found += [(chunk.not_before, each.visitor) for each in chunk.recipients]
    yield from ((who, at) for at, who in sorted(found, reverse=True))


def _of_sample(run: Run, people: Sequence[Profile], share: float) -> Iterator[tuple[VisitorId, Instant]]:
    """Shards take turns evenly, so that all of them together are as one."""
    before, size = 0, chunk_size(replace(run, shards=1))
    for one in people:
        place = int(before / share) // size * size
        yield one.visitor, run.created_at + place * MINUTE // (run.delivery.per_minute or 1)
        before += len(_recipients(run, one))


def _recipients(run: Run, one: Profile) -> Sequence[tuple[PushService, Recipient]]:
    devices = devices_of(one, None, newest=run.terms.newest_device_only)
    return [(one.subscriptions[name].service, Recipient(one.visitor, name)) for name in devices]
