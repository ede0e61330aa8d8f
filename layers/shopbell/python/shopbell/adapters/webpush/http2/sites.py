"""Where a request goes: the site that its address names, and where that is dialled."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_SITE: Final = re.compile(r"https://([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?(?=[/?#]|$)")
_PORTS: Final = 1 << 16
_HTTPS: Final = 443


@dataclass(frozen=True, slots=True)
class Site:
    """`authority` is how requests name it, `name` whom its certificate must be for."""

    authority: str
    name: str
    port: int
    dialled: tuple[str, int]


class Sites:
    """Each is made out once for each authority; `connect_to` as in `Limits`."""

    def __init__(self, connect_to: Sequence[str]) -> None:
        entries = (entry.split(":") for entry in connect_to)
        self._elsewhere: Mapping[tuple[str, int], tuple[str, int]] = {
            (host.lower(), int(port)): (there, int(at)) for host, port, there, at in entries
        }
        self._known: dict[str, Site] = {}

    def find(self, url: str) -> tuple[Site, str] | None:
        """The site and the path with its query; None if this is no https address of a host."""
        head = url[: url.find("/", len("https://"))]
        site = self._known.get(head)
        if site is not None and "#" not in url:
            return site, url[len(head) :]
        found = _SITE.match(url)
        port = int(found[2] or _HTTPS) if found else 0
        if found is None or not 0 < port < _PORTS:
            return None
        path = url[found.end() :].partition("#")[0]
        name = found[1].lower()
        authority = name if port == _HTTPS else f"{name}:{port}"
        site = Site(authority, name, port, self._elsewhere.get((name, port), (name, port)))
        self._known[found[0]] = site
        return site, path if path.startswith("/") else f"/{path}"
