"""What lies on the queues: each kind of message as a value, written and read in this one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.ids import CampaignId, RunId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.jobs import JobId
from shopbell.domain.runs import Chunk, Recipient, ShardWork
from shopbell.domain.subscriptions import SERVICES
from shopbell.ports import Message

MAX_DUE: Final = 25
"""Visitors of one `due` message (ruling 11)."""
MAX_HOPS: Final = 100
"""How often a message may hand its work on to its own queue: a fence against running in circles."""


@dataclass(frozen=True, slots=True)
class DueWork:
    """Queue `due`: visitors whose wake-up has come by `at`."""

    store: StoreId
    visitors: tuple[VisitorId, ...]
    at: Instant


@dataclass(frozen=True, slots=True)
class PlanWork:
    """Queue `plan`: a campaign that starts at `at`."""

    store: StoreId
    campaign: CampaignId
    at: Instant


@dataclass(frozen=True, slots=True)
class BuildWork:
    """Queue `rebuild`: touch every visitor of one shard under rules of at least `version`."""

    store: StoreId
    version: int
    shard: int
    cursor: str | None = None
    hops: int = 0


@dataclass(frozen=True, slots=True)
class JobWork:
    """Queue `rebuild`, too: go on with a job; what it is about is in its row."""

    store: StoreId
    job: JobId
    hops: int = 0


def due_message(work: DueWork, delay: int) -> Message:
    visitors: list[Json] = list(work.visitors)
    return Message({"store": work.store, "visitors": visitors, "at": work.at}, work.store, delay)


def plan_message(work: PlanWork, delay: int = 0) -> Message:
    return Message({"store": work.store, "campaign": work.campaign, "at": work.at}, work.store, delay)


def shard_message(work: ShardWork) -> Message:
    body: dict[str, Json] = {
        "store": work.store,
        "run": work.run,
        "shard": work.shard,
        "cursor": work.cursor,
        "hops": work.hops,
    }
    return Message(body, work.store)


def chunk_message(chunk: Chunk, delay: int = 0) -> Message:
    body: dict[str, Json] = {
        "store": chunk.store,
        "run": chunk.run,
        "chunk": chunk.id,
        "service": chunk.service,
        "recipients": [[one.visitor, one.subscription] for one in chunk.recipients],
    }
    return Message(body | ({"not_before": chunk.not_before} if chunk.not_before else {}), chunk.store, delay)


def build_message(work: BuildWork) -> Message:
    return Message(
        {
            "store": work.store,
            "version": work.version,
            "shard": work.shard,
            "cursor": work.cursor,
            "hops": work.hops,
        },
        work.store,
    )


def job_message(work: JobWork, delay: int = 0) -> Message:
    return Message({"store": work.store, "job": work.job, "hops": work.hops}, work.store, delay)


def parked_message(store: StoreId, visitor: VisitorId | None, item: str | None, reason: str) -> Message:
    """What can never pass: where it lies and why, never what is in it (ruling 10)."""
    return Message({"store": store, "visitor": visitor, "item": item, "reason": reason}, store)


def read_due(body: Mapping[str, Json]) -> DueWork:
    """ValueError, here and below, for a body that is not one of ours."""
    visitors = tuple(VisitorId(_is_text(one, "visitors")) for one in _list(body, "visitors"))
    return DueWork(StoreId(_text(body, "store")), visitors, _number(body, "at"))


def read_plan(body: Mapping[str, Json]) -> PlanWork:
    return PlanWork(StoreId(_text(body, "store")), CampaignId(_text(body, "campaign")), _number(body, "at"))


def read_shard(body: Mapping[str, Json]) -> ShardWork:
    run = RunId(_text(body, "run"))
    return ShardWork(StoreId(_text(body, "store")), run, _number(body, "shard"), _cursor(body), _number(body, "hops"))


def read_build(body: Mapping[str, Json]) -> BuildWork:
    store, version = StoreId(_text(body, "store")), _number(body, "version")
    return BuildWork(store, version, _number(body, "shard"), _cursor(body), _number(body, "hops"))


def read_rebuild(body: Mapping[str, Json]) -> BuildWork | JobWork:
    """One queue for the two kinds of long work, told apart by what they name."""
    if "job" not in body:
        return read_build(body)
    return JobWork(StoreId(_text(body, "store")), JobId(_text(body, "job")), _number(body, "hops"))


def read_chunk(body: Mapping[str, Json]) -> Chunk:
    service = next((known for known in SERVICES if known == body.get("service")), None)
    if service is None:
        raise ValueError("service is unknown")
    recipients = tuple(_recipient(pair) for pair in _list(body, "recipients"))
    turn = _number(body, "not_before") if "not_before" in body else 0
    run, name = RunId(_text(body, "run")), _text(body, "chunk")
    return Chunk(StoreId(_text(body, "store")), run, name, service, recipients, turn)


def _recipient(pair: Json) -> Recipient:
    match pair:
        case [str(visitor), str(subscription)]:
            return Recipient(VisitorId(visitor), SubscriptionId(subscription))
        case _:
            raise ValueError("recipients holds something else than pairs")


def _text(body: Mapping[str, Json], name: str) -> str:
    return _is_text(body.get(name), name)


def _is_text(value: Json, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be text")
    return value


def _number(body: Mapping[str, Json], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} must be a whole number")  # noqa: TRY004 - a bad message, whatever its fault
    return value


def _cursor(body: Mapping[str, Json]) -> str | None:
    value = body.get("cursor")
    return None if value is None else _is_text(value, "cursor")


def _list(body: Mapping[str, Json], name: str) -> Sequence[Json]:
    value = body.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError(f"{name} must be a list")  # noqa: TRY004
    return value
