"""What the management calls answer; every field is always there, null where there is nothing."""

from typing import Generic, TypeVar

from pydantic import BaseModel, JsonValue

from shopbell.domain.membership import Change
from shopbell.domain.segments.definition import SegmentState

T = TypeVar("T")


class ListOut(BaseModel, Generic[T]):
    """One page; `next_cursor` null: it is the last."""

    items: list[T]
    next_cursor: str | None


class SizeOut(BaseModel):
    """`reachable`: with at least one active subscription."""

    total: int
    reachable: int


class BuildOut(BaseModel):
    percent: int


class WarningOut(BaseModel):
    """It lost unusually many members that day; `leaf` (of that version of the rule) let most of them go."""

    day: str
    fell: int
    share: float
    leaf: str | None
    version: int | None
    cause: str | None
    words: str


class SegmentOut(BaseModel):
    id: str
    name: str
    description: str | None
    tags: list[str]
    rule: JsonValue
    sentence: str
    state: SegmentState
    build: BuildOut | None
    size: SizeOut
    used_by: int
    version: int
    hidden: bool
    created_at: str
    created_by: str | None
    last_changed_at: str
    last_verified_at: str | None
    warning: WarningOut | None


class LogLineOut(BaseModel):
    """`change`: `entered`, `exited` or `merged`; `leaf`: the condition that flipped.

    `cause`: `event:<id>`, `clock`, `definition` and so on. `merged` is of no segment, its `segment_id` is null: the
    visitor in its cause, `merge:<id>`, became the customer whose log this is.
    """

    visitor_id: str
    segment_id: str | None
    change: Change
    at: str
    cause: str
    leaf: str | None
    version: int


class ActionOut(BaseModel):
    action: str
    title: str
    url: str


class ContentOut(BaseModel):
    title: str
    body: str
    url: str
    icon_url: str | None
    image_url: str | None
    badge_url: str | None
    actions: list[ActionOut]
    translations: dict[str, dict[str, str]]
    language: str | None


class VariantOut(BaseModel):
    """Of all weights together, `weight` says its share of the visitors."""

    name: str
    weight: int
    content: ContentOut


class AudienceOut(BaseModel):
    include: list[str]
    rule: JsonValue
    exclude: list[str]


class ClickOut(BaseModel):
    """How long after a click an order is due to the message."""

    click: str
