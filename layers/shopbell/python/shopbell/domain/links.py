"""Links in messages: absolute, http or https, and safe to hand to a browser."""

from functools import lru_cache
from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

MAX_URL: Final = 2_000

_PATH: Final = "/%:@!$&'()*+,;=~-._"
_QUERY: Final = _PATH + "?[]"


def for_campaign(link: str, name: str) -> str:
    """The link with what the shop's own statistics tell visitors by, unless it already says where it comes from."""
    page, hashmark, fragment = link.partition("#")
    if "utm_source=" in page:
        return link
    source = f"utm_source=shopbell&utm_medium=push&utm_campaign={quote(name, safe='')}"
    return f"{page}{'&' if '?' in page else '?'}{source}{hashmark}{fragment}"


@lru_cache(maxsize=4_096)
def absolute(link: str, origin: str | None) -> str | None:
    """An http(s) URL with a host, its odd characters percent-encoded; None for anything else.

    A link without a host is one of the shop's: it is resolved against `origin`.
    """
    try:
        parts = urlsplit(urljoin(f"{origin}/", link) if origin else link)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or not parts.netloc.isascii():
        return None
    path = quote(parts.path, safe=_PATH)
    whole = urlunsplit(
        (parts.scheme, parts.netloc, path, quote(parts.query, safe=_QUERY), quote(parts.fragment, safe=_QUERY))
    )
    return whole if len(whole) <= MAX_URL else None
