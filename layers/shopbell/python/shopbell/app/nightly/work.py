"""The messages of the nightly pass: one shard of one step for one store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, get_args

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import RunId, StoreId
from shopbell.ports import Message

Step = Literal["survey", "score", "audit", "recount", "reports", "tops"]
STEPS: Final[tuple[Step, ...]] = get_args(Step)
"""In their order: each begins when all shards have done the one before."""


class Note(Protocol):
    """One line of the log; ids and numbers only."""

    def __call__(self, words: str, **fields: Json) -> None: ...


@dataclass(frozen=True, slots=True)
class NightWork:
    """`night` is the instant for which the pass was meant: the same all through it, whenever a message comes."""

    store: StoreId
    night: Instant
    step: Step
    shard: int
    hops: int = 0


@dataclass(frozen=True, slots=True)
class Paged:
    """What one page did; `cursor` is where the next begins, None after the last."""

    cursor: str | None
    handled: int
    counts: Mapping[str, int]
    suspects: Mapping[str, int] = field(default_factory=dict)
    """Segments in whose rows something was found that is not so, and how often; kept with the checkpoint."""


def progress_id(night: Instant, step: Step) -> RunId:
    """A step keeps its progress as a run keeps its own: one row for each shard."""
    return RunId(f"night-{night}-{step}")


def night_message(work: NightWork) -> Message:
    body: dict[str, Json] = {
        "store": work.store,
        "night": work.night,
        "step": work.step,
        "shard": work.shard,
        "hops": work.hops,
    }
    return Message(body, work.store)


def read_night(body: Mapping[str, Json]) -> NightWork:
    """ValueError for a body that is not one of ours."""
    match body:
        case {"store": str(store), "night": int(night), "step": str(given), "shard": int(shard), "hops": int(hops)}:
            step = next((known for known in STEPS if known == given), None)
            if store and step is not None:
                return NightWork(StoreId(store), night, step, shard, hops)
    raise ValueError("no message of the nightly pass")
