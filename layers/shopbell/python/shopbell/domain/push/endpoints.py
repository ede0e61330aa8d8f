"""Which addresses we post to: endpoints come from strangers, so only known push services pass."""

import hashlib
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.subscriptions import PushService

MAX_LENGTH: Final = 2_048

_HOSTS: Final[dict[str, PushService]] = {
    "fcm.googleapis.com": "fcm",
    "android.googleapis.com": "fcm",
    "jmt17.google.com": "fcm",
    "updates.push.services.mozilla.com": "mozilla",
}
_SUFFIXES: Final[dict[str, PushService]] = {
    ".push.apple.com": "apple",
    ".notify.windows.com": "wns",
}
# RFC 3986 without the fragment and the brackets of an IP literal: all that a browser ever makes
_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?@!$&'()*+,;=%]+")
# What comes before a query; the characters above leave nothing else that RFC 3986 could read otherwise
_PARTS: Final = re.compile(r"([A-Za-z]*)://([^/?]*)([^?]*)")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_SCHEMES: Final = ("https", "http")


class BadEndpoint(Rejected):
    """The address is none of a push service that we know; `reason` says why and never repeats the address."""

    def __init__(self, reason: str) -> None:
        super().__init__((Problem("subscription.endpoint", reason),))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A checked address. `url` is the capability to post to a browser: stored and used, never printed."""

    origin: str
    url: str = field(repr=False)
    service: PushService

    @property
    def log_name(self) -> str:
        """Host and 8 hex characters of the hash: enough to find it again, too little to post to it."""
        return f"{self.origin.partition('://')[2]}#{hashlib.sha256(self.url.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """What is admitted besides the known services: hosts, suffixes (`.push.example.net`), whole origins."""

    hosts: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    def service_at(self, host: str, origin: str) -> PushService | None:
        """The queue that serves the host; None if it is not admitted."""
        if host in _HOSTS:
            return _HOSTS[host]
        for suffix, service in _SUFFIXES.items():
            if host.endswith(suffix):
                return service
        extra = host in self.hosts or any(host.endswith(suffix) for suffix in self.suffixes)
        return "other" if extra or origin in self.origins else None


KNOWN_SERVICES: Final = AllowedHosts()


def allow(extra: Iterable[str]) -> AllowedHosts:
    """From configuration: `push.example.net`, `*.push.example.net`, or an origin such as `https://127.0.0.1:8443`.

    An origin is admitted to the letter; with `http` it must be on 127.0.0.1 and name its port, for the push
    services that stand in for real ones on one machine. ValueError names the entry that is none of these.
    """
    hosts: set[str] = set()
    suffixes: set[str] = set()
    origins: set[str] = set()
    for entry in (text.strip().lower() for text in extra):
        if "://" in entry:
            origins.add(_extra_origin(entry))
        elif entry.startswith("*.") and is_name(entry[2:]):
            suffixes.add(entry[1:])
        elif is_name(entry):
            hosts.add(entry)
        elif entry:
            raise ValueError(f"{entry!r} is neither a host, a *.suffix nor an origin")
    return AllowedHosts(frozenset(hosts), frozenset(suffixes), frozenset(origins))


def parse_endpoint(url: str, allowed: AllowedHosts = KNOWN_SERVICES) -> Endpoint:
    """Check an address by its parsed host (RFC 3986).

    Raises BadEndpoint. Whatever an HTTP client could read differently from us is refused rather than repaired:
    only the case of scheme and host and an explicit `:443` are normalised, the rest stays as it was.
    """
    scheme, netloc, path = _split(url)
    origin, service = _admitted(scheme, netloc, allowed)
    if len(path) < len("/x"):
        raise BadEndpoint("names no subscription: it has no path")
    return Endpoint(origin, origin + url.partition("://")[2][len(netloc) :], service)


# browsers have few push services, so the same few are asked for again and again
@lru_cache(maxsize=256)
def _admitted(scheme: str, netloc: str, allowed: AllowedHosts) -> tuple[str, PushService]:
    """The origin and whose queue serves it; BadEndpoint."""
    if "@" in netloc:
        raise BadEndpoint("must not name a user")
    host, colon, port = netloc.lower().partition(":")
    if colon and not (_PORT.fullmatch(port) and int(port) < 1 << 16):
        raise BadEndpoint("has a malformed port")
    default = not colon or (scheme, port) == ("https", "443")
    origin = f"{scheme}://{host}" if default else f"{scheme}://{host}:{port}"
    if origin in allowed.origins:
        return origin, "other"
    if scheme != "https":
        raise BadEndpoint("must be an https address")
    if not default:
        raise BadEndpoint("must use port 443")
    if not is_name(host):
        raise BadEndpoint("must name its host by a plain domain name")
    service = allowed.service_at(host, origin)
    if service is None:
        raise BadEndpoint("belongs to no known push service")
    return origin, service


def _split(url: str) -> tuple[str, str, str]:
    """Scheme in lower case, authority and path."""
    if len(url) > MAX_LENGTH:
        raise BadEndpoint(f"is longer than {MAX_LENGTH} characters")
    if not _CHARACTERS.fullmatch(url):
        raise BadEndpoint("holds characters that no endpoint holds")
    parts = _PARTS.match(url)
    if parts is None or parts[1].lower() not in _SCHEMES:
        raise BadEndpoint("must be an https address")
    return parts[1].lower(), parts[2], parts[3]


def is_name(host: str) -> bool:
    """A domain name of two labels or more whose last is no number: no spelling of an IP address passes."""
    labels = host.split(".")
    whole = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    return whole and len(host) <= 253 and labels[-1][0].isalpha()  # noqa: PLR2004 - RFC 1035 section 2.3.4


def _extra_origin(entry: str) -> str:
    """An origin in its one spelling; what parse_endpoint would build for an address under it."""
    scheme, _, authority = entry.rstrip("/").partition("://")
    host, colon, port = authority.partition(":")
    known_port = bool(_PORT.fullmatch(port)) if colon else scheme == "https"
    local = scheme != "http" or (bool(colon) and host == "127.0.0.1")
    if scheme not in _SCHEMES or not known_port or not local or not (is_name(host) or _is_address(host)):
        raise ValueError(f"{entry!r} is no https origin, nor http on 127.0.0.1 with its port")
    return entry.rstrip("/").removesuffix(":443") if scheme == "https" else entry.rstrip("/")


def _is_address(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False
