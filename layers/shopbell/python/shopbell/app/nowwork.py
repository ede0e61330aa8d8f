"""What lies on the queue `send-now` for one visitor: a step whose moment has come."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.ports import Message

_FIELDS: Final = tuple(field.name for field in fields(PendingStep))


@dataclass(frozen=True, slots=True)
class NowWork:
    """Queue `send-now`: one step of one visitor, as the commit that queued it decided."""

    store: StoreId
    visitor: VisitorId
    step: PendingStep


def now_message(work: NowWork) -> Message:
    return Message({"store": work.store, "visitor": work.visitor, "now": asdict(work.step)}, work.store)


def is_now(body: Mapping[str, Json]) -> bool:
    """Whether `read_now` reads it; what else lies on the queue are chunks of test sends."""
    return "now" in body


def read_now(body: Mapping[str, Json]) -> NowWork:
    """ValueError for a body that is not one of ours. A field that a later release added is passed over."""
    match body:
        case {"store": str(store), "visitor": str(visitor), "now": dict(said)}:
            return NowWork(StoreId(store), VisitorId(visitor), step_of(said))
        case _:
            raise ValueError("store, visitor and now must be there")


def step_of(said: Mapping[str, Json]) -> PendingStep:
    """ValueError where one of its parts is missing."""
    try:
        return PendingStep(**{name: said[name] for name in _FIELDS if name in said})  # type: ignore[arg-type]
    except TypeError as exc:
        raise ValueError(str(exc)) from exc
