"""Which pages may use a browser key: exact origins, and any port only on the machine itself."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from shopbell.domain.errors import Forbidden

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[::1\]", re.ASCII)
_ANY_PORT: Final = ":*"
_MAX_SHOWN: Final = 200


class OriginRefused(Forbidden):
    """A page that is none of the store's used its browser key; the page may not even read why."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"The origin {origin[:_MAX_SHOWN]} may not use this key. "
            "Add it to the store's `origins`: PATCH /v1/store with a management key of role admin."
        )


def admitted(origin: str, entries: Iterable[str]) -> bool:
    """Whether an `Origin` header is one of the store's; `null` and anything malformed never is."""
    for entry in entries:
        if origin == entry:
            return True
        if entry.endswith(_ANY_PORT) and _same_but_port(origin, entry.removesuffix(_ANY_PORT)):
            return True
    return False


def check_origin(entry: str) -> None:
    """An origin as browsers spell it (RFC 6454), or a loopback one that ends in `:*`; else ValueError."""
    bare = entry.removesuffix(_ANY_PORT)
    scheme, _, authority = bare.partition("://")
    host, port = _host_and_port(authority)
    if not _HOST.fullmatch(host) or (port and not port.isdecimal()) or bare.endswith(":"):
        raise ValueError("must be an origin such as https://shop.example.com, without a path")
    if scheme not in {"https", "http"} or (scheme == "http" and host not in LOOPBACK):
        raise ValueError("must begin with https:// (http:// is for loopback only)")
    if bare != entry and (host not in LOOPBACK or port):
        raise ValueError("may leave the port open only for loopback")
    if (scheme, port) in {("https", "443"), ("http", "80")}:
        raise ValueError("must leave out the default port, as browsers do")


def _host_and_port(authority: str) -> tuple[str, str]:
    if authority.startswith("[::1]"):
        return "[::1]", authority.removeprefix("[::1]").removeprefix(":")
    host, _, port = authority.partition(":")
    return host, port


def _same_but_port(origin: str, bare: str) -> bool:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    spelled = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    return spelled == origin and bare == f"{parts.scheme}://{host}" and host in LOOPBACK
