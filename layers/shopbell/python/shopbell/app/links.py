"""Whether the link of a message can be shown at all for a store, asked before anything is stored or sent."""

from collections.abc import Sequence
from typing import Final

from shopbell.domain.content import Content, Variant
from shopbell.domain.links import absolute
from shopbell.domain.store import Store

NOWHERE: Final = "must be an absolute URL, or the store needs the shop's origin (origins of PATCH /v1/store)"


def dead_link(content: Content, variants: Sequence[Variant], store: Store) -> str | None:
    """The path of the first link that leads nowhere: of a message with one content, or with variants of it."""
    for place, one in enumerate(variants):
        if leads_nowhere(one.content, store):
            return f"variants.{place}.content.url"
    return "content.url" if not variants and leads_nowhere(content, store) else None


def leads_nowhere(content: Content, store: Store) -> bool:
    """Its link is one of the shop's and the store has no origin to resolve it against.

    What a template fills in is only known by its beginning.
    """
    if store.link_origin is not None:
        return False
    if "{{" in content.url or "{%" in content.url:
        return content.url.startswith("/") or "%}/" in content.url
    return absolute(content.url, None) is None
