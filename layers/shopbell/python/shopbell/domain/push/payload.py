"""The text that a browser decrypts: one declarative JSON for all of them, never larger than a push may be."""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import orjson

from shopbell.domain.content import Action

MAX_PLAINTEXT: Final = 3_993
"""Bytes; with 86 of header, 16 of tag and 1 of delimiter the body is 4,096 (RFC 8030 7.2, RFC 8291 4)."""
LANDING_PARAMETER: Final = "sb_m"

_ELLIPSIS: Final = "…"
_JOINER: Final = "\u200d"
_TRIMMABLE: Final = ("image_url", "actions", "body", "badge_url", "icon_url", "title")
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notification for one visitor: every template filled in, every URL absolute.

    `message` is the signed token; `tag` makes a later notification take the place of this one.
    """

    title: str
    body: str
    url: str
    tag: str
    message: str
    lang: str | None = None
    icon_url: str | None = None
    image_url: str | None = None
    badge_url: str | None = None
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Payload:
    """Ready to encrypt. `trimmed` names the fields that had to give way, for the counter and the log."""

    plaintext: bytes
    trimmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Oversized:
    """Even the bare link does not fit, by `excess` bytes: its URL is too long. Nothing may be sent."""

    excess: int


def payload(rendered: Rendered) -> Payload | Oversized:
    """The declarative form (W3C Push API, `web_push` 8030), trimmed to fit in the order image, actions, body.

    If that is not enough badge and icon go too, and at last the title is cut. The link is never touched.
    """
    whole = _encode(rendered)
    if len(whole) <= MAX_PLAINTEXT:
        return Payload(whole)
    stages = list(_without_extras(rendered))
    for slim in stages:
        if _size(slim) <= MAX_PLAINTEXT:
            return _payload(slim, rendered)
    bare = stages[-1]
    least = replace(bare, badge_url=None, icon_url=None)
    for slim in (bare, replace(bare, badge_url=None), least):
        if _size(_with_body(slim, "")) <= MAX_PLAINTEXT:
            return _payload(_longest(slim.body, partial(_with_body, slim)), rendered)
    least = _with_body(least, "")
    excess = _size(_with_title(least, "")) - MAX_PLAINTEXT
    if excess > 0:
        return Oversized(excess)
    return _payload(_longest(least.title, partial(_with_title, least)), rendered)


def landing_url(url: str, message: str) -> str:
    """The URL with the token as its `sb_m`, in place of any that it had; the rest stays (ruling 29)."""
    page, hashmark, fragment = url.partition("#")
    path, _, query = page.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != LANDING_PARAMETER]
    return f"{path}?{'&'.join([*kept, f'{LANDING_PARAMETER}={message}'])}{hashmark}{fragment}"


def _without_extras(rendered: Rendered) -> Iterator[Rendered]:
    """As it is, then without what a reader misses least: the image, then the actions from the last on."""
    yield rendered
    plain = replace(rendered, image_url=None)
    for kept in range(len(rendered.actions), -1, -1):
        yield replace(plain, actions=plain.actions[:kept])


def _longest(text: str, with_text: Callable[[str], Rendered]) -> Rendered:
    """With as much of the text as fits, an ellipsis after the last whole character where it had to be cut."""
    if _size(with_text(text)) <= MAX_PLAINTEXT:
        return with_text(text)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _size(with_text(text[:middle] + _ELLIPSIS)) <= MAX_PLAINTEXT:
            low = middle
        else:
            high = middle - 1
    while low and low < len(text) and _inside_character(text, low):
        low -= 1
    kept = text[:low].rstrip()
    return with_text(kept + _ELLIPSIS if kept else "")


def _with_body(rendered: Rendered, body: str) -> Rendered:
    return replace(rendered, body=body)


def _with_title(rendered: Rendered, title: str) -> Rendered:
    """Never without one: a notification that has no title is not shown at all."""
    return replace(rendered, title=title or _ELLIPSIS)


def _inside_character(text: str, index: int) -> bool:
    """Whether what stands at `index` belongs to the character before it: accents, emoji joined by ZWJ, tones."""
    mark = unicodedata.category(text[index]) in ("Mn", "Me", "Mc")
    return mark or _JOINER in text[index - 1 : index + 1] or ord(text[index]) in _SKIN_TONES


def _payload(slim: Rendered, rendered: Rendered) -> Payload:
    trimmed = tuple(name for name in _TRIMMABLE if getattr(slim, name) != getattr(rendered, name))
    return Payload(_encode(slim), trimmed)


def _size(rendered: Rendered) -> int:
    return len(_encode(rendered))


def _encode(rendered: Rendered) -> bytes:
    """Always UTF-8: half of a surrogate pair, which Liquid can cut out of a text, becomes a question mark."""
    declared = {"web_push": 8030, "notification": _notification(rendered), "mutable": True}
    try:
        return orjson.dumps(declared)
    except orjson.JSONEncodeError:
        return json.dumps(declared, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _notification(rendered: Rendered) -> Mapping[str, object]:
    fields: dict[str, object] = {
        "title": rendered.title,
        "body": rendered.body,
        "navigate": landing_url(rendered.url, rendered.message),
        "lang": rendered.lang,
        "tag": rendered.tag,
        "icon": rendered.icon_url,
        "image": rendered.image_url,
        "badge": rendered.badge_url,
        "actions": [_action(action, rendered.message) for action in rendered.actions] or None,
        "data": {"message": rendered.message},
    }
    return {name: value for name, value in fields.items() if value is not None}


def _action(action: Action, message: str) -> Mapping[str, str]:
    return {
        "action": action.action,
        "title": action.title,
        "navigate": landing_url(action.url, message),
    }
