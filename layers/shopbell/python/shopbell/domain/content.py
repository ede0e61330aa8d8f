"""What a message says: texts are Liquid templates until they are rendered for one visitor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the notification."""

    action: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Content:
    """api.md, `content`; every text may hold Liquid."""

    title: str
    body: str
    url: str
    icon_url: str | None = None
    image_url: str | None = None
    badge_url: str | None = None
    actions: tuple[Action, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Language to the texts that differ: `{"de": {"title": …, "body": …}}`."""
    language: str | None = None
    """Of the texts that are not translated; None: the store's."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several contents of a message; of all weights together, `weight` says its share of the visitors."""

    name: str
    weight: int
    content: Content


@dataclass(frozen=True, slots=True)
class ForSome:
    """Other words, for those whom `name` means: a category or a segment."""

    name: str
    content: Content


@dataclass(frozen=True, slots=True)
class ContentBy:
    """Whom other words are for: by the category that they like best of these, or by the first of these segments."""

    kind: Literal["category", "segment"]
    texts: tuple[ForSome, ...]
