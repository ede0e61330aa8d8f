"""Whether the link of a message can be shown at all for a store, asked before anything is stored or sent."""

from typing import Final

from shopbell.domain.content import Content
from shopbell.domain.links import absolute
from shopbell.domain.store import Store

NOWHERE: Final = "must be an absolute URL, or the store needs the shop's origin (origins of PATCH /v1/store)"


def leads_nowhere(content: Content, store: Store) -> bool:
    """Its link is one of the shop's and the store has no origin to resolve it against.

    What a template fills in is only known by its beginning.
    """
    if store.link_origin is not None:
        return False
    if "{{" in content.url or "{%" in content.url:
        return content.url.startswith("/") or "%}/" in content.url
    return absolute(content.url, None) is None
